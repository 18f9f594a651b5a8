import type { OpenSession } from "../state/open";
import { openTab } from "../state/route";
import { Composer } from "./Composer";
import { EventsView } from "./EventsView";
import { SessionHeader } from "./SessionHeader";
import { TranscriptView } from "./TranscriptView";

/** The open session. */
export function SessionView({ session }: { session: OpenSession }) {
  if (session.gone.value) {
    return (
      <div class="welcome">
        <p role="alert">{session.trouble.value}</p>
        <a href="#/">All sessions</a>
      </div>
    );
  }
  return (
    <article class="session" aria-busy={session.loading.value}>
      <SessionHeader session={session} />
      <Progress session={session} />
      {openTab.value === "events" ? <EventsView session={session} /> : <TranscriptView session={session} />}
      {openTab.value === "transcript" && <Composer session={session} />}
    </article>
  );
}

/** How far a long log has been read, and whether the stream is cut. */
function Progress({ session }: { session: OpenSession }) {
  if (session.trouble.value !== "") return <p class="alert" role="status">Not following: {session.trouble.value}. Trying again.</p>;
  const total = session.info.value?.eventCount ?? 0;
  if (!session.loading.value || total < 2000) return null;
  return <progress max={total} value={session.count.value} aria-label="Reading the session" />;
}
