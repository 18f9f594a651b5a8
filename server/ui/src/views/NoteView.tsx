import type { Note } from "../transcript/entry";
import { safe } from "../text/safe";
import { CodeText, Cut } from "./PlainText";

/** A line that says what happened, with its facts folded. */
export function NoteView({ note }: { note: Note }) {
  const words = (
    <>
      <bdi class="label">{safe(note.label)}</bdi>
      {note.detail !== "" && <Cut text={note.detail}>{(shown) => <bdi class="detail">{safe(shown)}</bdi>}</Cut>}
    </>
  );
  if (note.data === undefined || note.data === null) return <p class="note" data-tone={note.tone}>{words}</p>;
  return (
    <details class="note" data-tone={note.tone}>
      <summary>{words}</summary>
      <CodeText text={JSON.stringify(note.data, null, 2)} />
    </details>
  );
}
