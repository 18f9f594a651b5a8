import type { VNode } from "preact";
import type { Entry } from "../transcript/entry";
import { Guard } from "./Guard";
import { MessageView } from "./MessageView";
import { NoteView } from "./NoteView";
import { PermissionView } from "./PermissionView";
import { QuestionView } from "./QuestionView";
import { QueuedView } from "./QueuedView";
import { ToolView } from "./ToolView";
import { TurnView } from "./TurnView";

const seen = new WeakMap<Entry, VNode>();

/** An entry as it is drawn. Entries never change, so Preact passes over one that it has drawn before: it is the same node. */
export function drawn(session: string, entry: Entry): VNode {
  let node = seen.get(entry);
  if (!node) {
    node = <Guard key={entry.key}><EntryView session={session} entry={entry} /></Guard>;
    seen.set(entry, node);
  }
  return node;
}

function EntryView({ session, entry }: { session: string; entry: Entry }) {
  switch (entry.kind) {
    case "message":
      return <MessageView session={session} message={entry} />;
    case "tool":
      return <ToolView session={session} tool={entry} />;
    case "note":
      return <NoteView note={entry} />;
    case "permission":
      return <PermissionView session={session} permission={entry} />;
    case "question":
      return <QuestionView session={session} question={entry} />;
    case "queued":
      return <QueuedView queued={entry} />;
    case "turn":
      return <TurnView turn={entry} />;
  }
}
