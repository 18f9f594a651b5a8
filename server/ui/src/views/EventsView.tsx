import { useMemo, useState } from "preact/hooks";
import type { Event } from "../api/model";
import type { OpenSession } from "../state/open";
import { jsonOf } from "../text/event";
import { CopyButton } from "./CopyButton";
import { EventDetail } from "./EventDetail";
import { EventList } from "./EventList";

/** The session's log as it is, with a filter. */
export function EventsView({ session }: { session: OpenSession }) {
  const count = session.count.value;
  const [type, setType] = useState("");
  const [word, setWord] = useState("");
  const [picked, setPicked] = useState<Event | null>(null);
  const types = useMemo(() => countTypes(session.log), [count]);
  const events = useMemo(() => matching(session.log, type, word), [count, type, word]);
  return (
    <div class="events">
      <div class="events-filter">
        <select aria-label="Type of event" value={type} onChange={(e) => setType(e.currentTarget.value)}>
          <option value="">All types</option>
          {types.map(([name, n]) => <option key={name} value={name}>{name} ({n})</option>)}
        </select>
        <input type="search" placeholder="Search in events" aria-label="Search in events" value={word}
          onInput={(e) => setWord(e.currentTarget.value)} />
        <span class="faint" role="status">{events.length === count ? `${count} events` : `${events.length} of ${count}`}</span>
        <CopyButton text={() => events.map(jsonOf).join("\n")} words="Copy all" />
      </div>
      <EventList events={events} picked={picked} onPick={setPicked} />
      {picked && <EventDetail key={picked.sequence} session={session.id} event={picked} onClose={() => setPicked(null)} />}
    </div>
  );
}

function countTypes(log: readonly Event[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const e of log) counts.set(e.type, (counts.get(e.type) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function matching(log: readonly Event[], type: string, word: string): readonly Event[] {
  if (type === "" && word === "") return log.slice();
  const needle = word.toLowerCase();
  return log.filter((e) => (type === "" || e.type === type) && (needle === "" || jsonOf(e).toLowerCase().includes(needle)));
}
