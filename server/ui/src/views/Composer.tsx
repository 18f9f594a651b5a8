import { useRef, useState } from "preact/hooks";
import { newKey } from "../api/client";
import { type Draft, sendMessage } from "../state/actions";
import type { OpenSession } from "../state/open";
import { AttachmentForm, AttachmentList } from "./Attachments";

const blank: Draft = { message: "", attachments: [] };

// What was typed into a session is there when the user comes back to it.
const drafts = new Map<string, Draft>();

/** Where a message is written. */
export function Composer({ session }: { session: OpenSession }) {
  const [draft, setDraft] = useState(drafts.get(session.id) ?? blank);
  const key = useRef(newKey()); // of the draft as it is
  const [attaching, setAttaching] = useState(false);
  const [busy, setBusy] = useState(false);
  const { turn, ended } = session.transcript.value;
  if (ended) return <p class="composer faint">This session has ended.</p>;
  const change = (to: Partial<Draft>) => {
    const next = { ...draft, ...to };
    key.current = newKey();
    drafts.set(session.id, next);
    setDraft(next);
  };
  const isReady = !busy && (draft.message.trim() !== "" || draft.attachments.length > 0);
  const send = async () => {
    if (!isReady) return;
    setBusy(true);
    if (await sendMessage(session.id, draft, key.current)) change(blank);
    setBusy(false);
  };
  const press = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    void send();
  };
  return (
    <div class="composer">
      <AttachmentList attachments={draft.attachments} onRemove={(at) => change({ attachments: draft.attachments.filter((_, i) => i !== at) })} />
      {attaching && <AttachmentForm onAdd={(a) => change({ attachments: [...draft.attachments, a] })} />}
      <textarea id="message" rows={2} dir="auto" aria-label="Message" value={draft.message} onKeyDown={press}
        placeholder={turn ? "A message for after this turn" : "Message"} onInput={(e) => change({ message: e.currentTarget.value })} />
      <div class="buttons">
        <button class="quiet" aria-expanded={attaching} onClick={() => setAttaching(!attaching)}>Attach</button>
        <span class="faint hint">Ctrl Enter sends{turn ? ", Esc interrupts" : ""}</span>
        <button class="primary" disabled={!isReady} onClick={() => void send()}>{turn ? "Queue" : "Send"}</button>
      </div>
    </div>
  );
}
