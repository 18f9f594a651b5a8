import type { Usage } from "../api/model";
import type { TurnEnd } from "../transcript/entry";
import { formatCount, formatDuration } from "../text/format";

/** The end of a turn: how it ended, how long it took and what it used. */
export function TurnView({ turn }: { turn: TurnEnd }) {
  const facts = [turn.status === "completed" ? "" : turn.status, formatDuration(turn.milliseconds), ...usageWords(turn.usage)];
  return <p class="turn" data-status={turn.status}>{facts.filter(Boolean).join(" · ")}</p>;
}

function usageWords(u: Usage | undefined): string[] {
  if (!u) return [];
  return [
    u.model ?? "",
    `${formatCount(u.input_tokens + (u.cache_read_tokens ?? 0) + (u.cache_write_tokens ?? 0))} tokens in`,
    `${formatCount(u.output_tokens)} out`,
    u.cost_usd == null ? "" : `$${u.cost_usd.toFixed(u.cost_usd < 0.1 ? 4 : 2)}`,
  ];
}
