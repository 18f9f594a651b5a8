import type { ContentPart } from "../api/model";
import { prettyJSON } from "../text/format";
import { safe } from "../text/safe";
import { FileView } from "./FileView";
import { ImageView } from "./ImageView";
import { LiveText, Markdown } from "./Markdown";
import { CodeText } from "./PlainText";

/** A part of an item, wherever it is. Parts of a type that is not known are skipped, as the contract asks of readers. */
export function PartView({ session, part }: { session: string; part: ContentPart }) {
  switch (part.type) {
    case "text":
      return part.response_type ? <CodeText text={prettyJSON(part.text)} /> : <Markdown text={part.text} />;
    case "reasoning":
      return <Reasoning text={part.text} />;
    case "json":
      return <CodeText text={JSON.stringify(part.json, null, 2)} />;
    case "image":
      return <ImageView session={session} path={part.path} mime={part.mime} />;
    case "file_ref":
      return <FileView file={part} />;
    case "tool_call":
      return <CodeText text={`${part.name}\n${prettyJSON(part.arguments)}`} />;
    case "tool_result":
      return <CodeText text={part.output} />;
    case "status":
      return <p class="faint">{safe(`${part.label} ${part.detail ?? ""}`)}</p>;
    default:
      return null;
  }
}

/** What the model thought. It is folded, since people ask for the answer. */
export function Reasoning({ text, live = false, open = false }: { text: string; live?: boolean; open?: boolean }) {
  return (
    <details class="reasoning" open={open}>
      <summary>Reasoning</summary>
      {live ? <LiveText text={text} /> : <Markdown text={text} />}
    </details>
  );
}
