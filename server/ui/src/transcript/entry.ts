import type { Attachment, ContentPart, Item, PermissionStatus, QuestionDetail, QuestionStatus, TurnStatus, Usage } from "../api/model";

/** What all entries of a transcript have. An entry is never changed: a new one takes its place. */
interface Base {
  key: string; // unique in the transcript
  sequence: number; // of the event that it began with
  time: string;
}

/** What somebody says. */
export interface Message extends Base {
  kind: "message";
  role: "user" | "assistant" | "system";
  parts: readonly ContentPart[];
  text: string; // as it is written; the completed item's parts take its place
  reasoning: string;
  state: Item["status"];
  note: string; // what is special about it
  nested: boolean; // said by an agent that the agent has called
}

/** A call of a tool, with what came of it. */
export interface Tool extends Base {
  kind: "tool";
  name: string;
  title: string;
  input: string; // JSON text, as far as it is written
  output: string;
  parts: readonly ContentPart[]; // what the result has beside its output
  state: Item["status"];
  waits: boolean; // for a client that executes it
  nested: boolean;
}

/** A line that says what happened. */
export interface Note extends Base {
  kind: "note";
  tone: "quiet" | "plain" | "warning" | "error";
  label: string;
  detail: string;
  data?: unknown;
}

/** A permission that the agent asks for. */
export interface Permission extends Base {
  kind: "permission";
  id: string;
  action: string;
  metadata: Record<string, unknown>;
  answer?: PermissionStatus;
}

/** Questions that the agent asks at once. */
export interface Question extends Base {
  kind: "question";
  id: string;
  questions: readonly QuestionDetail[];
  answers: readonly (readonly string[])[];
  status?: QuestionStatus;
}

/** A message that waits for its turn. */
export interface Queued extends Base {
  kind: "queued";
  text: string;
  attachments: readonly Attachment[];
  state: "waits" | "begun" | "dropped";
}

/** The end of a turn. */
export interface TurnEnd extends Base {
  kind: "turn";
  status: TurnStatus;
  milliseconds: number;
  usage?: Usage;
}

export type Entry = Message | Tool | Note | Permission | Question | Queued | TurnEnd;
