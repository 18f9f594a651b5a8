import { useState } from "preact/hooks";
import { copyText } from "../text/copy";

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, words = "Copy" }: { text: () => string; words?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await copyText(text());
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return <button class="copy quiet" onClick={() => void copy()}>{done ? "Copied" : words}</button>;
}
