import type { Queued } from "../transcript/entry";
import { AttachmentList } from "./Attachments";
import { PlainText } from "./PlainText";

/** A message that waits for its turn; nothing once that has begun, since the message then stands there. */
export function QueuedView({ queued: q }: { queued: Queued }) {
  if (q.state === "begun") return null;
  return (
    <section class="message" data-role="user" data-state={q.state} aria-label="Queued message">
      <h3>You <span class="faint">{q.state === "waits" ? "waits for its turn" : "dropped"}</span></h3>
      <PlainText text={q.text} />
      <AttachmentList attachments={q.attachments} />
    </section>
  );
}
