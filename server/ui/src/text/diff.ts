/** A line of a unified diff. */
export interface DiffLine {
  kind: "add" | "remove" | "hunk" | "file" | "same";
  text: string;
}

/** Reads a unified diff. Header lines count as such only before the first hunk: `--- a` may also be a removed line. */
export function diffLines(diff: string): DiffLine[] {
  let inHunk = false;
  return diff.replace(/\n$/, "").split("\n").map((text) => {
    const kind = kindOf(text, inHunk);
    if (kind === "hunk") inHunk = true;
    if (text.startsWith("diff --git ")) inHunk = false;
    return { kind, text };
  });
}

function kindOf(text: string, inHunk: boolean): DiffLine["kind"] {
  if (text.startsWith("@@")) return "hunk";
  if (/^(diff --git |index |new file |deleted file |similarity |rename )/.test(text)) return "file";
  if (!inHunk && /^(---|\+\+\+) /.test(text)) return "file";
  if (text.startsWith("+")) return "add";
  return text.startsWith("-") ? "remove" : "same";
}

/** How many lines a diff adds and removes. */
export function diffSize(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((l) => l.kind === kind).length;
  return { added: count("add"), removed: count("remove") };
}
