import { effect } from "@preact/signals";
import { openID } from "./route";
import { titleOf, waiting } from "./sessions";
import { tokenWanted } from "./token";

/** Names the window by what it shows, and tells in it how much waits for an answer. */
export function keepTitle(): void {
  effect(() => {
    const name = openID.value === "" || tokenWanted.value !== "no" ? "Parley" : `${titleOf(openID.value)} · Parley`;
    document.title = waiting.value > 0 ? `(${waiting.value}) ${name}` : name;
  });
}
