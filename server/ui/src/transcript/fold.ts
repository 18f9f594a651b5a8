import type { Event, SessionStatus, Usage } from "../api/model";
import { Draft } from "./draft";
import type { Entry } from "./entry";
import { foldEvent } from "./events";

/** A session's log as people read it. It is never changed: fold makes a new one. */
export interface Transcript {
  readonly entries: readonly Entry[];
  readonly places: ReadonlyMap<string, number>; // of entries, by their keys
  readonly asked: ReadonlySet<string>; // keys of requests that wait for an answer
  readonly queued: ReadonlySet<string>; // turns that wait
  readonly turn: { readonly id: string; readonly began: string } | null; // that runs
  readonly usage: Usage | undefined; // of the last turn that said so
  readonly ended: boolean; // for good
}

export const empty: Transcript = {
  entries: [],
  places: new Map(),
  asked: new Set(),
  queued: new Set(),
  turn: null,
  usage: undefined,
  ended: false,
};

/**
 * Adds events to a transcript. Folding a log in pieces gives what folding it whole does. Types that are not known are skipped, as
 * the contract asks of readers.
 */
export function fold(t: Transcript, events: readonly Event[]): Transcript {
  if (events.length === 0) return t;
  const draft = new Draft(t);
  for (const e of events) foldEvent(draft, e);
  return draft.done();
}

/** The session's state, as the server would say it after the same events. */
export function statusOf(t: Transcript): SessionStatus {
  if (t.ended) return "ended";
  if (t.asked.size > 0) return "waiting";
  if (t.turn) return "running";
  return t.queued.size > 0 ? "queued" : "idle";
}
