/** Gathers what comes and hands it on once per frame of the screen, so that a burst costs no more than the screen can show. */
export class Frame<T> {
  #waiting: T[] = [];
  #frame = 0;
  #timer = 0;

  constructor(private readonly deliver: (all: T[]) => void) {}

  push(more: T[]): void {
    for (const one of more) this.#waiting.push(one);
    if (this.#timer !== 0 || this.#waiting.length === 0) return;
    this.#frame = requestAnimationFrame(() => this.flush());
    this.#timer = window.setTimeout(() => this.flush(), 500); // a page that nobody sees has no frames
  }

  /** Hands on what waits now. */
  flush(): void {
    this.#unset();
    const all = this.#waiting;
    this.#waiting = [];
    if (all.length > 0) this.deliver(all);
  }

  close(): void {
    this.#unset();
    this.#waiting = [];
  }

  #unset(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#timer = 0;
  }
}
