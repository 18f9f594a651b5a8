import { useEffect, useState } from "preact/hooks";
import { root, send } from "../api/client";
import { safe } from "../text/safe";

/** An image of the agent's: from the server's disk, or in its address. One that is elsewhere is not loaded. */
export function ImageView({ session, path, mime }: { session: string; path: string; mime: string | null }) {
  const inline = path.startsWith("data:image/");
  const [url, setURL] = useState(inline ? path : "");
  useEffect(() => {
    if (inline || /^[a-z][a-z0-9+.-]+:/i.test(path)) return;
    const end = new AbortController();
    let made = "";
    fetchImage(session, path, mime, end.signal).then((blob) => blob && setURL((made = URL.createObjectURL(blob))), () => {});
    return () => {
      end.abort();
      URL.revokeObjectURL(made);
    };
  }, [session, path, mime]);
  const name = inline ? "" : safe(path);
  return (
    <figure class="image">
      {url !== "" && <img src={url} alt={name} />}
      <figcaption>image <bdi class="path">{name}</bdi></figcaption>
    </figure>
  );
}

/** An image of more bytes is not drawn: the browser would hold all of them, and an agent can name any file. */
const largest = 32 << 20;

/** The bytes of an image; null where there is none. Its type is only ever that of an image. */
async function fetchImage(session: string, path: string, mime: string | null, signal: AbortSignal): Promise<Blob | null> {
  const query = new URLSearchParams({ path, session_id: session });
  const response = await send(new Request(`${root}v1/fs/file?${query}`, { signal }));
  if (!response.ok || Number(response.headers.get("Content-Length") ?? Infinity) > largest) {
    void response.body?.cancel();
    return null;
  }
  return new Blob([await response.arrayBuffer()], { type: mime?.startsWith("image/") ? mime : typeByName(path) });
}

function typeByName(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "png";
  return { jpg: "image/jpeg", svg: "image/svg+xml" }[ending] ?? `image/${ending}`;
}
