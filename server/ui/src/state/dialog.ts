import { signal } from "@preact/signals";

/** The dialog that is open. The one for the token opens itself. */
export const dialog = signal<"" | "new" | "help" | "terminate">("");

export function closeDialog(): void {
  dialog.value = "";
}
