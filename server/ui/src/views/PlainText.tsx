import { useState } from "preact/hooks";
import { formatSize } from "../text/format";
import { safe } from "../text/safe";
import { CopyButton } from "./CopyButton";

/** How much of a long text is shown at first: more makes the page slow, and nobody reads it. */
export const firstLook = 20_000;

/** A text as it is, cut where it is long. */
export function PlainText({ text }: { text: string }) {
  return <Cut text={text}>{(shown) => <Plain text={shown} />}</Cut>;
}

export function Plain({ text }: { text: string }) {
  return <div class="plain" dir="auto">{safe(text)}</div>;
}

/** A text in which every place counts. */
export function CodeText({ text }: { text: string }) {
  return (
    <div class="code">
      <Cut text={text}>{(shown) => <pre dir="ltr">{safe(shown)}</pre>}</Cut>
      <CopyButton text={() => text} />
    </div>
  );
}

/** Shows the beginning of a text, and all of it when that is asked for. */
export function Cut(props: { text: string; children: (shown: string) => preact.ComponentChild }) {
  const [all, setAll] = useState(false);
  if (all || props.text.length <= firstLook) return <>{props.children(props.text)}</>;
  return (
    <>
      {props.children(props.text.slice(0, firstLook) + "…")}
      <button class="show-all" onClick={() => setAll(true)}>Show all ({formatSize(props.text.length)})</button>
    </>
  );
}
