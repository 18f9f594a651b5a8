import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { blocks, nodes } from "../text/markdown";
import { safe } from "../text/safe";
import { copyText } from "../text/copy";
import { Cut, firstLook, Plain } from "./PlainText";

/** An agent's markdown. A very long one is no prose: beyond the first look it is plain text. */
export function Markdown({ text }: { text: string }) {
  return <Cut text={text}>{(shown) => (shown.length > firstLook + 1 ? <Plain text={shown} /> : <Blocks text={shown} />)}</Cut>;
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
  const button = document.createElement("button");
  button.className = "copy quiet";
  button.textContent = "Copy";
  const code = pre.textContent;
  button.addEventListener("click", () => void copyText(code));
  const box = document.createElement("div");
  box.className = "code";
  pre.replaceWith(box);
  box.append(pre, button);
}
