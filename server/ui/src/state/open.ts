import { batch, effect, signal, untracked } from "@preact/signals";
import { api, ok } from "../api/client";
import { follow, readLog } from "../api/follow";
import type { Event, SessionInfo } from "../api/model";
import { Problem, wordsOf } from "../api/problem";
import { empty, fold, type Transcript } from "../transcript/fold";
import { Frame } from "./frame";
import { openID } from "./route";
import { tokenWanted } from "./token";

/** The session that the page shows: its log as far as it is known, and what was folded from it. */
export class OpenSession {
  readonly info = signal<SessionInfo | null>(null);
  readonly transcript = signal<Transcript>(empty);
  readonly loading = signal(true);
  readonly trouble = signal("");
  readonly gone = signal(false); // the session cannot be read, and that will not change
  /** All events; it only grows. `count` says when. */
  readonly log: Event[] = [];
  readonly count = signal(0);
  #end = new AbortController();
  #frame = new Frame<Event>((events) => this.#add(events));

  constructor(readonly id: string) {
    void this.#run();
  }

  close(): void {
    this.#end.abort();
    this.#frame.close();
  }

  /** Reads the session's own facts. */
  async refresh(): Promise<void> {
    const params = { path: { session_id: this.id } };
    this.info.value = await ok(api.GET("/v1/sessions/{session_id}", { params, signal: this.#end.signal }));
  }

  #add(events: Event[]): void {
    // Events that were read twice, by a page and after a cut, count once.
    const fresh = events.filter((e) => e.sequence > (this.log.at(-1)?.sequence ?? 0));
    this.log.push(...fresh);
    batch(() => {
      this.transcript.value = fold(this.transcript.value, fresh);
      this.count.value = this.log.length;
    });
  }

  /** Follows the session until it has ended or another one is opened; a cut is mended. */
  async #run(): Promise<void> {
    const stop = this.#end.signal;
    for (let pause = 250; !stop.aborted; pause = Math.min(pause * 2, 5000)) {
      try {
        await this.refresh();
        await readLog(this.id, this.#last(), (e) => this.#frame.push(e), stop);
        this.#frame.flush();
        this.loading.value = false;
        this.trouble.value = "";
        pause = 250;
        if ((await follow(this.id, this.#last(), (e) => this.#frame.push(e), stop)) === "ended") return;
      } catch (thrown) {
        if (stop.aborted || this.#isFinal(thrown)) return;
        this.trouble.value = wordsOf(thrown);
      }
      this.#frame.flush();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #last(): number {
    return this.log.at(-1)?.sequence ?? 0;
  }

  #isFinal(thrown: unknown): boolean {
    if (!(thrown instanceof Problem) || thrown.status >= 500 || thrown.status === 429) return false;
    this.trouble.value = thrown.message;
    this.gone.value = true;
    return true;
  }
}

/** The open session; null while none is. */
export const open = signal<OpenSession | null>(null);

/** Opens what the address names, and closes what it named before; without a token nothing stays open. */
export function keepOpen(): void {
  effect(() => {
    const id = tokenWanted.value === "no" ? openID.value : "";
    open.peek()?.close();
    open.value = id === "" ? null : untracked(() => new OpenSession(id));
  });
}
