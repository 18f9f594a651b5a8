import type { Event, Usage } from "../api/model";
import type { Entry } from "./entry";
import type { Transcript } from "./fold";

/** A transcript that events are being added to. */
export class Draft {
  readonly entries: Entry[];
  readonly asked: Set<string>; // keys of the requests that wait
  readonly queued: Set<string>;
  turn: { id: string; began: string } | null;
  usage: Usage | undefined;
  ended: boolean;
  #places: Map<string, number>;

  constructor(from: Transcript) {
    this.entries = [...from.entries];
    this.#places = new Map(from.places);
    this.asked = new Set(from.asked);
    this.queued = new Set(from.queued);
    this.turn = from.turn;
    this.usage = from.usage;
    this.ended = from.ended;
  }

  done(): Transcript {
    return { ...this.#facts(), entries: this.entries, places: this.#places };
  }

  #facts() {
    return { asked: this.asked, queued: this.queued, turn: this.turn, usage: this.usage, ended: this.ended };
  }

  /** Puts an entry where one of its key is, else at the end. */
  put(entry: Entry): void {
    const place = this.#places.get(entry.key);
    if (place !== undefined) {
      this.entries[place] = entry;
      return;
    }
    this.#places.set(entry.key, this.entries.length);
    this.entries.push(entry);
  }

  /** Lets an entry be found by another key too. */
  alias(key: string, of: string): void {
    const place = this.#places.get(of);
    if (place !== undefined) this.#places.set(key, place);
  }

  /** The entry of a key, if it is of a kind. */
  get<K extends Entry["kind"]>(kind: K, key: string): Extract<Entry, { kind: K }> | undefined {
    const entry = this.entries[this.#places.get(key) ?? -1];
    return entry?.kind === kind ? (entry as Extract<Entry, { kind: K }>) : undefined;
  }

  /** Changes an entry; nothing where there is none. */
  change<K extends Entry["kind"]>(kind: K, key: string, to: Partial<Extract<Entry, { kind: K }>>): void {
    const entry = this.get(kind, key);
    if (entry) this.put({ ...entry, ...to } as Entry);
  }

  /** Adds a line about an event. */
  note(e: Event, tone: "quiet" | "plain" | "warning" | "error", label: string, detail = "", data?: unknown): void {
    this.put({ ...base(e), kind: "note", tone, label, detail, data });
  }
}

/** What an entry has of the event that it begins with. */
export function base(e: Event, key = `event:${e.sequence}`) {
  return { key, sequence: e.sequence, time: e.time };
}
