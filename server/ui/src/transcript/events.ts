import type { Event, EventOf } from "../api/model";
import { base, type Draft } from "./draft";
import { foldDelta, foldItem } from "./items";
import { foldPermission, foldQuestion, foldToolRequest, resolvePermission, resolveQuestion, resolveTool } from "./requests";

/** Adds one event. */
export function foldEvent(d: Draft, e: Event): void {
  switch (e.type) {
    case "item.started":
    case "item.completed":
      return foldItem(d, e);
    case "item.delta":
      return foldDelta(d, e);
    case "turn.started":
      return beginTurn(d, e);
    case "turn.ended":
      return endTurn(d, e);
    case "message.queued":
      return queue(d, e);
    case "message.dropped":
      return drop(d, e);
    case "permission.requested":
      return foldPermission(d, e);
    case "permission.resolved":
      return resolvePermission(d, e);
    case "question.requested":
      return foldQuestion(d, e);
    case "question.resolved":
      return resolveQuestion(d, e);
    case "tool.requested":
      return foldToolRequest(d, e);
    case "tool.resolved":
      return resolveTool(d, e);
    case "usage.updated":
      d.usage = e.data;
      return;
    default:
      return foldRest(d, e);
  }
}

/** Adds an event that is one line. */
function foldRest(d: Draft, e: Event): void {
  switch (e.type) {
    case "session.started":
      return d.note(e, "quiet", "Session started");
    case "session.ended":
      return endSession(d, e);
    case "session.expired":
      return d.note(e, "plain", "Session expired", "The next message takes it up again.");
    case "session.restored":
      return d.note(e, "plain", "Session restored", `${e.data.messages.length} messages`, e.data.messages);
    case "history.rolled_back":
      return d.note(e, "plain", "History rolled back", e.data.after_message_id ? `to ${e.data.after_message_id}` : "to its beginning");
    case "resource.updated":
      return d.note(e, "plain", `Resource ${e.data.name}`, "", e.data.value);
    case "variable.updated":
      return d.note(e, "quiet", `Variable ${e.data.name}`, "", e.data.value);
    case "block.started":
      if (e.data.display !== "hidden") d.note(e, "quiet", "Step", e.data.description ?? e.data.name);
      return;
    case "error":
      return d.note(e, "error", e.data.code ?? "Error", e.data.message, e.data.details ?? undefined);
    case "agent.unparsed":
      return d.note(e, "warning", "Unreadable output of the agent", `${e.data.error} (${e.data.location})`);
  }
}

function beginTurn(d: Draft, e: EventOf<"turn.started">): void {
  const id = e.turn_id ?? e.data.turn_id ?? "";
  d.turn = { id, began: e.time };
  d.usage = undefined;
  d.queued.delete(id);
  d.change("queued", `queued:${id}`, { state: "begun" });
  const trigger = e.data.trigger;
  if (trigger) d.note(e, "plain", `Trigger ${trigger.name}`, "", trigger.input);
}

function endTurn(d: Draft, e: EventOf<"turn.ended">): void {
  const began = d.turn?.began ?? e.time;
  const milliseconds = Math.max(0, Date.parse(e.time) - Date.parse(began));
  d.put({ ...base(e), kind: "turn", status: e.data.status ?? "completed", milliseconds, usage: d.usage });
  d.turn = null;
}

function queue(d: Draft, e: EventOf<"message.queued">): void {
  const id = e.turn_id ?? String(e.sequence);
  d.queued.add(id);
  d.put({ ...base(e, `queued:${id}`), kind: "queued", text: e.data.message, attachments: e.data.attachments, state: "waits" });
}

function drop(d: Draft, e: EventOf<"message.dropped">): void {
  const id = e.turn_id ?? "";
  d.queued.delete(id);
  d.change("queued", `queued:${id}`, { state: "dropped" });
}

/** Only terminate is final; an agent that ended by itself is started again by the next message. */
function endSession(d: Draft, e: EventOf<"session.ended">): void {
  d.ended = e.data.reason === "terminated";
  const detail = [e.data.message, e.data.exit_code === undefined ? "" : `exit code ${e.data.exit_code}`].filter(Boolean).join(", ");
  d.note(e, e.data.reason === "error" ? "error" : "plain", `Session ended: ${e.data.reason}`, detail, e.data.stderr);
}
