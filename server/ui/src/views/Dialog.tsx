import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A window in front of the page. The browser keeps the focus in it, and Esc closes it. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => ref.current!.showModal(), []);
  return (
    <dialog ref={ref} onClose={props.onClose} aria-labelledby="dialog-title">
      <header>
        <h2 id="dialog-title">{props.title}</h2>
        <button class="quiet" type="button" aria-label="Close" onClick={() => ref.current!.close()}>×</button>
      </header>
      {props.children}
    </dialog>
  );
}
