import { interrupt } from "./actions";
import { dialog } from "./dialog";
import { open } from "./open";
import { go, openID, openTab } from "./route";
import { sessions } from "./sessions";

/** The keys, for people. */
export const keys: [string, string][] = [
  ["j k ↓ ↑", "next, previous session"],
  ["n", "new session"],
  ["/", "filter sessions"],
  ["c", "write a message"],
  ["e", "transcript or events"],
  ["Ctrl Enter", "send"],
  ["Esc", "interrupt the running turn"],
  ["?", "this list"],
];

const actions: Record<string, () => void> = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  n: () => (dialog.value = "new"),
  "?": () => (dialog.value = "help"),
  "/": () => focusOn("#filter"),
  c: () => focusOn("#message"),
  e: () => go(openID.value, openTab.value === "events" ? "transcript" : "events"),
};

/** Listens to the keyboard. What is typed into a field, or while a dialog is open, is no shortcut. */
export function keepKeys(): void {
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    if (e.key === "Escape") return escape();
    const target = e.target as HTMLElement;
    const action = actions[e.key];
    if (!action || target.closest("input, textarea, select, [role=listbox]")) return;
    e.preventDefault();
    action();
  });
}

function step(by: number): void {
  const all = sessions.value;
  const at = all.findIndex((s) => s.sessionId === openID.value);
  const next = all[at < 0 ? 0 : at + by];
  if (next) go(next.sessionId, openTab.value);
}

/** Esc leaves the filter; elsewhere it interrupts. */
function escape(): void {
  const here = document.activeElement;
  if (here instanceof HTMLElement && here.id === "filter") return here.blur();
  const session = open.value;
  if (session?.transcript.value.turn) void interrupt(session.id);
}

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
