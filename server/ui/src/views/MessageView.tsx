import type { ContentPart } from "../api/model";
import type { Message } from "../transcript/entry";
import { safe } from "../text/safe";
import { LiveText } from "./Markdown";
import { PartView, Reasoning } from "./PartView";
import { PlainText } from "./PlainText";

const names = { user: "You", assistant: "Agent", system: "System" };

/** What somebody says. While it is written, what was written so far takes the place of its text. */
export function MessageView({ session, message: m }: { session: string; message: Message }) {
  const live = m.text !== "" || m.reasoning !== "";
  const parts = live ? m.parts.filter((p) => p.type !== "text" && p.type !== "reasoning") : m.parts;
  if (!live && parts.length === 0) return null;
  return (
    <section class="message" data-role={m.role} data-state={m.state} data-nested={m.nested} aria-label={names[m.role]}>
      {(m.role !== "assistant" || m.note !== "") && (
        <h3>{names[m.role]} {m.note !== "" && <bdi class="faint">{safe(m.note)}</bdi>}</h3>
      )}
      {m.reasoning !== "" && <Reasoning text={m.reasoning} live open={m.text === ""} />}
      {m.text !== "" && <LiveText text={m.text} />}
      {parts.map((p, i) => <Part key={i} session={session} role={m.role} part={p} />)}
      {m.state === "failed" && <p class="faint">cut off</p>}
    </section>
  );
}

/** What a user has typed is shown as it was typed. */
function Part({ session, role, part }: { session: string; role: Message["role"]; part: ContentPart }) {
  if (part.type === "text" && role === "user") return <PlainText text={part.text} />;
  return <PartView session={session} part={part} />;
}
