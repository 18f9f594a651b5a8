/** Cuts a stream of server-sent events into the data of its frames. The server writes each as one `data:` line. */
export class Frames {
  #rest = "";

  /** The data of all frames that are whole now. */
  take(chunk: string): string[] {
    const text = this.#rest + chunk;
    const end = text.lastIndexOf("\n\n");
    if (end < 0) {
      this.#rest = text;
      return [];
    }
    this.#rest = text.slice(end + 2);
    return text.slice(0, end).split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
  }
}
