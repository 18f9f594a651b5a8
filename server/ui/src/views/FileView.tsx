import type { FileRef } from "../api/model";
import { diffLines, diffSize } from "../text/diff";
import { safe } from "../text/safe";
import { Cut } from "./PlainText";

const verbs: Record<FileRef["action"], string> = { read: "read", write: "wrote", patch: "changed" };

/** A file that the agent has read or changed, and how. */
export function FileView({ file }: { file: FileRef }) {
  const title = <><span class="faint">{verbs[file.action] ?? file.action}</span> <bdi class="path">{safe(file.path)}</bdi></>;
  if (!file.diff) return <p class="file">{title}</p>;
  const { added, removed } = diffSize(diffLines(file.diff));
  return (
    <details class="file" open>
      <summary>{title} <span class="added">+{added}</span> <span class="removed">−{removed}</span></summary>
      <Diff diff={file.diff} />
    </details>
  );
}

/** A unified diff, line by line. */
export function Diff({ diff, write = safe }: { diff: string; write?: (text: string) => string }) {
  return (
    <Cut text={diff}>
      {(shown) => (
        <pre class="diff" dir="ltr">
          {diffLines(shown).map((l, i) => <span key={i} data-kind={l.kind}>{write(l.text)}</span>)}
        </pre>
      )}
    </Cut>
  );
}
