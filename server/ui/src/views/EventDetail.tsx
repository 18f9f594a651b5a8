import { useState } from "preact/hooks";
import { readRaw } from "../api/follow";
import type { Event } from "../api/model";
import { wordsOf } from "../api/problem";
import { failure } from "../state/actions";
import { CodeText } from "./PlainText";

/** One event, whole. */
export function EventDetail({ session, event, onClose }: { session: string; event: Event; onClose: () => void }) {
  const [whole, setWhole] = useState(event);
  const load = () => readRaw(session, event.sequence).then((e) => e && setWhole(e), (thrown) => (failure.value = wordsOf(thrown)));
  return (
    <section class="event-detail" aria-label={`Event ${event.sequence}`}>
      <header>
        <h3>{event.sequence} {event.type}</h3>
        {whole === event && <button class="quiet" onClick={() => void load()}>With raw payload</button>}
        <button class="quiet" aria-label="Close" onClick={onClose}>×</button>
      </header>
      <CodeText text={JSON.stringify(whole, null, 2)} />
    </section>
  );
}
