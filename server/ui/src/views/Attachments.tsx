import { useState } from "preact/hooks";
import type { Attachment } from "../api/model";
import { safe } from "../text/safe";

/** Files that go with a message. */
export function AttachmentList(props: { attachments: readonly Attachment[]; onRemove?: (at: number) => void }) {
  if (props.attachments.length === 0) return null;
  return (
    <ul class="attachments">
      {props.attachments.map((a, i) => (
        <li key={i}>
          <span class="faint">{a.mime?.startsWith("image/") ? "image" : "file"}</span> <bdi class="path">{safe(a.path)}</bdi>
          {props.onRemove && <button class="quiet" aria-label={`Remove ${a.path}`} onClick={() => props.onRemove!(i)}>×</button>}
        </li>
      ))}
    </ul>
  );
}

/** Names a file on the server's machine. */
export function AttachmentForm({ onAdd }: { onAdd: (a: Attachment) => void }) {
  const [path, setPath] = useState("");
  const [kind, setKind] = useState("file");
  const add = (e: Event) => {
    e.preventDefault();
    if (path.trim() === "") return;
    onAdd({ path: path.trim(), ...(kind === "image" ? { mime: imageType(path.trim()) } : {}) });
    setPath("");
  };
  return (
    <form class="attach" onSubmit={add}>
      <input type="text" autofocus placeholder="Path on the server's machine" aria-label="Path of the file" value={path}
        onInput={(e) => setPath(e.currentTarget.value)} />
      <select aria-label="Kind" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
        <option value="file">File</option>
        <option value="image">Image</option>
      </select>
      <button type="submit">Add</button>
    </form>
  );
}

function imageType(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "png";
  return `image/${ending === "jpg" ? "jpeg" : ending}`;
}
