import { render } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { blocks, nodes } from "../text/markdown";
import { formatSize } from "../text/format";
import { safe } from "../text/safe";
import { CopyButton } from "./CopyButton";
import { Cut, firstLook, Plain } from "./PlainText";

/** An agent's markdown. A very long one is no prose: beyond the first look it is plain text. */
export function Markdown({ text }: { text: string }) {
  return <Cut text={text}>{(shown) => (shown.length > firstLook + 1 ? <Plain text={shown} /> : <Blocks text={shown} />)}</Cut>;
}

/** Markdown that is being written. Of a long one the end is shown: there it grows. */
export function LiveText({ text }: { text: string }) {
  const start = text.length <= firstLook ? 0 : nearEnd(text);
  return (
    <>
      {start > 0 && <p class="faint">… {formatSize(start)} before this</p>}
      <Blocks text={text.slice(start)} />
    </>
  );
}

/** A place before the end, at a line's beginning if one is near. It moves in steps, since all is drawn anew when it does. */
function nearEnd(text: string): number {
  const step = firstLook / 2;
  const place = Math.floor(text.length / step - 1) * step;
  const line = text.indexOf("\n", place) + 1;
  return line > 0 && line < place + 1000 ? line : place;
}

function Blocks({ text }: { text: string }) {
  const all = useMemo(() => blocks(safe(text)), [text]);
  return <div class="markdown">{all.map((block, i) => <Block key={i} block={block} />)}</div>;
}

function Block({ block }: { block: string }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const fragment = nodes(block);
    fragment.querySelectorAll("pre").forEach(addCopy);
    ref.current!.replaceChildren(fragment);
  }, [block]);
  return <div ref={ref} dir="auto" />;
}

function addCopy(pre: HTMLPreElement): void {
  const box = document.createElement("div");
  box.className = "code";
  pre.replaceWith(box);
  const code = pre.textContent;
  render(<CopyButton text={() => code} />, box);
  box.prepend(pre);
}
