import type { SessionInfo } from "../api/model";
import { formatRoute, openID } from "../state/route";
import { formatAge } from "../text/format";
import { safe } from "../text/safe";
import { Status } from "./Status";

export function SessionRow({ session: s }: { session: SessionInfo }) {
  const isOpen = s.sessionId === openID.value;
  const href = formatRoute({ session: s.sessionId, tab: "transcript" });
  return (
    <li>
      <a class="row" href={href} aria-current={isOpen ? "page" : undefined}>
        <bdi class="name">{safe(s.title || s.sessionId)}</bdi>
        <time>{formatAge(s.updatedAt, Date.now())}</time>
        <Status session={s.sessionId} status={s.status} />
        <bdi class="faint">{s.agent}</bdi>
      </a>
    </li>
  );
}
