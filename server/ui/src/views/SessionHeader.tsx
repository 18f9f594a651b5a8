import { interrupt } from "../state/actions";
import { dialog } from "../state/dialog";
import type { OpenSession } from "../state/open";
import { formatRoute, openTab, type Tab } from "../state/route";
import { statusOf } from "../transcript/fold";
import { formatCount } from "../text/format";
import { safe } from "../text/safe";
import { Status } from "./Status";

/** What the session is, its state, and what can be done with it. */
export function SessionHeader({ session }: { session: OpenSession }) {
  const info = session.info.value;
  const transcript = session.transcript.value;
  const status = session.loading.value ? (info?.status ?? "idle") : statusOf(transcript);
  return (
    <header class="session-header">
      <a class="back" href="#/" aria-label="All sessions">‹</a>
      <h2><bdi>{safe(info?.title || session.id)}</bdi></h2>
      <Status session={session.id} status={status} />
      <div class="actions">
        {transcript.turn && <button onClick={() => void interrupt(session.id)}>Interrupt</button>}
        {status !== "ended" && <button class="quiet" onClick={() => (dialog.value = "terminate")}>Terminate</button>}
      </div>
      <Facts session={session} />
      <div class="tabs" role="tablist">
        <TabLink session={session.id} tab="transcript">Transcript</TabLink>
        <TabLink session={session.id} tab="events">Events <span class="faint">{formatCount(session.count.value)}</span></TabLink>
      </div>
    </header>
  );
}

function TabLink(props: { session: string; tab: Tab; children: preact.ComponentChildren }) {
  const href = formatRoute({ session: props.session, tab: props.tab });
  return <a role="tab" aria-selected={openTab.value === props.tab} href={href}>{props.children}</a>;
}

function Facts({ session }: { session: OpenSession }) {
  const info = session.info.value;
  if (!info) return <p class="facts" />;
  const facts = [
    info.title ? info.sessionId : "",
    info.agent,
    info.agentMode,
    info.permissionMode === "default" ? "" : info.permissionMode,
    [info.model, info.variant].filter(Boolean).join(" "),
    info.directory,
  ];
  return <p class="facts">{facts.filter(Boolean).map((f, i) => <bdi key={i}>{safe(f!)}</bdi>)}</p>;
}
