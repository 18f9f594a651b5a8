import { batch, computed, effect, signal } from "@preact/signals";
import { api, ok } from "../api/client";
import type { Pending, SessionInfo } from "../api/model";
import { wordsOf } from "../api/problem";
import { tokenWanted } from "./token";

const nothing: Pending = { questions: [], permissions: [], tools: [] };
const pageSize = 200;

const listed = signal<SessionInfo[]>([]);

/** What waits for an answer, in all sessions. */
export const pending = signal<Pending>(nothing);

/** Why the last look at the server failed; empty = it did not. */
export const trouble = signal("");

/** Whether the server has been seen. */
export const loaded = signal(false);

/** How many sessions are asked for, and whether there are more. */
export const shown = signal(pageSize);
export const more = signal(false);

export const filter = signal("");

/** Sessions whose names hold what the user looks for, newest activity first. */
export const sessions = computed(() => {
  const word = filter.value.trim().toLowerCase();
  const kept = listed.value.filter((s) => word === "" || namesOf(s).some((name) => name.toLowerCase().includes(word)));
  return kept.sort((a, b) => b.updatedAt - a.updatedAt || (a.sessionId < b.sessionId ? -1 : 1));
});

export const sessionCount = computed(() => listed.value.length);

export const waiting = computed(() => {
  const p = pending.value;
  return p.questions.length + p.permissions.length + (p.tools ?? []).length;
});

/** What people call a session; its id where nobody has named it, or it is not in the list. */
export function titleOf(id: string): string {
  return listed.value.find((s) => s.sessionId === id)?.title || id;
}

/** Whether all that a session waits for are tools that a client executes. */
export function waitsForClient(id: string): boolean {
  const { questions, permissions, tools } = pending.value;
  const isHere = (p: { sessionId: string }) => p.sessionId === id;
  return (tools ?? []).some(isHere) && !questions.some(isHere) && !permissions.some(isHere);
}

function namesOf(s: SessionInfo): string[] {
  return [s.sessionId, s.title ?? "", s.agent, s.directory ?? "", s.status];
}

export function showMore(): void {
  shown.value = Math.min(shown.value + pageSize, 1000);
  void refresh();
}

/** Looks at the server once. */
export async function refresh(): Promise<void> {
  try {
    const [list, open] = await Promise.all([
      ok(api.GET("/v1/sessions", { params: { query: { limit: shown.value } } })),
      ok(api.GET("/v1/pending")),
    ]);
    batch(() => {
      listed.value = list.sessions;
      more.value = list.nextCursor !== undefined && shown.value < 1000;
      pending.value = open;
      trouble.value = "";
      loaded.value = true;
    });
  } catch (thrown) {
    if (tokenWanted.value === "no") trouble.value = wordsOf(thrown);
  }
}

/** Drops all that was seen: whoever has no token is shown nothing. */
function forget(): void {
  batch(() => {
    listed.value = [];
    pending.value = nothing;
    loaded.value = false;
    trouble.value = "";
  });
}

/** Looks at the server now and every two seconds, while somebody looks at the page and its token is taken. */
export function keepFresh(): void {
  let timer = 0;
  const tick = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    if (tokenWanted.value === "no") await refresh();
    clearTimeout(timer);
    timer = window.setTimeout(tick, 2000);
  };
  document.addEventListener("visibilitychange", tick);
  effect(() => {
    if (tokenWanted.value !== "no") forget();
  });
  tokenWanted.subscribe(tick);
}
