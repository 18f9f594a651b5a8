import { signal } from "@preact/signals";

export type DialogName = "new" | "help" | "terminate";

/** The dialog that is open. The question for the token is none: it takes the whole page. */
export const dialog = signal<DialogName | "">("");

/** Closes a dialog, but not another one that was opened since: a browser tells late that one was closed. */
export function closeDialog(name: DialogName): void {
  if (dialog.value === name) dialog.value = "";
}
