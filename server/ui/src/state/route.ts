import { computed, signal } from "@preact/signals";

export type Tab = "transcript" | "events";

/** What the page shows. It is in the address, so that a reload and a shared link show the same. */
export interface Route {
  session: string; // empty = none
  tab: Tab;
}

/** #/s/SESSION and #/s/SESSION/events */
export function parseRoute(hash: string): Route {
  const [, kind, session, tab] = hash.replace(/^#/, "").split("/");
  if (kind !== "s" || !session) return { session: "", tab: "transcript" };
  return { session: decoded(session), tab: tab === "events" ? "events" : "transcript" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function formatRoute(r: Route): string {
  if (r.session === "") return "#/";
  return `#/s/${encodeURIComponent(r.session)}${r.tab === "events" ? "/events" : ""}`;
}

const current = signal(parseRoute(location.hash));
addEventListener("hashchange", () => (current.value = parseRoute(location.hash)));

export const openID = computed(() => current.value.session);
export const openTab = computed(() => current.value.tab);

/** The key of the entry that the user wants to see; empty once it was shown. */
export const wanted = signal("");

/** Shows a session, or the list alone. */
export function go(session: string, tab: Tab = "transcript"): void {
  location.hash = formatRoute({ session, tab });
}
