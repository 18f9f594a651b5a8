/** A line of a unified diff. */
export interface DiffLine {
  kind: "add" | "remove" | "hunk" | "file" | "same";
  text: string;
}

/** Reads a unified diff. What stands before its first hunk is about the file; a diff that has no hunks is one. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.replace(/\n$/, "").split("\n");
  let inHunk = !lines.some((text) => text.startsWith("@@"));
  return lines.map((text) => {
    const kind = kindOf(text, inHunk);
    inHunk = kind !== "file";
    return { kind, text };
  });
}

/** Lines of a hunk begin with one of four signs, or are empty: any other line ends it. */
function kindOf(text: string, inHunk: boolean): DiffLine["kind"] {
  if (text.startsWith("@@")) return "hunk";
  if (!inHunk) return "file";
  switch (text.charAt(0)) {
    case "+":
      return "add";
    case "-":
      return "remove";
    case "\\":
      return "hunk";
    case " ":
    case "":
      return "same";
  }
  return "file";
}

/** How many lines a diff adds and removes. */
export function diffSize(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((l) => l.kind === kind).length;
  return { added: count("add"), removed: count("remove") };
}
