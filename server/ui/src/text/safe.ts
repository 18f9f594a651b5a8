// What an agent says is data. Preact writes it as text, so that no markup runs; this file takes away what text alone can do to a
// reader: sequences for terminals, and marks that let text read other than it is.

// Colours and moves of the cursor, which say nothing; titles and links of a terminal, where they end on their line.
const terminal = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[()][0-2A-Z]|\x1b[=>78cMDEH]/g;

// Controls but tab and line feed; marks that reorder, isolate or hide text.
const marks = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;
const everyMark = new RegExp(marks, "gu");

// All that a reader cannot see, and that turns the order of writing; what joins or styles emoji stays.
const unseen = /[\u2028\u2029]|\u200d(?!\p{Extended_Pictographic})|(?![\u200d\ufe0e\ufe0f])\p{DI}/gu;

/** Text without sequences for terminals, and with marks that deceive written out, as ⟨U+202E⟩. */
export function safe(text: string): string {
  return marks.test(text) ? text.replace(/\r\n?/g, "\n").replace(terminal, "").replace(everyMark, name) : text;
}

/** Text in which nothing is left out: for what a user agrees to. */
export function exact(text: string): string {
  return text.replace(everyMark, name).replace(unseen, name);
}

function name(mark: string): string {
  return `⟨U+${mark.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
