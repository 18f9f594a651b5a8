import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Event } from "../api/model";
import { summaryOf } from "../text/event";
import { formatTime } from "../text/format";
import { safe } from "../text/safe";

const height = 26; // of a row, as the style sheet has it
const beyond = 20; // rows that are drawn above and below what is seen

interface Props {
  events: readonly Event[];
  picked: Event | null;
  onPick: (e: Event) => void;
}

/** Events in rows of one height, of which only those in sight are drawn. It follows the end until the reader scrolls away. */
export function EventList({ events, picked, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [view, setView] = useState({ top: 0, rows: 40 });
  const look = () => {
    const el = box.current!;
    atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < height;
    setView({ top: Math.floor(el.scrollTop / height), rows: Math.ceil(el.clientHeight / height) });
  };
  useLayoutEffect(() => {
    const el = box.current!;
    if (atEnd.current) el.scrollTop = el.scrollHeight;
    look();
  }, [events]);
  const step = (key: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[key.key];
    if (!by) return;
    key.preventDefault();
    const next = events[picked ? events.indexOf(picked) + by : 0];
    if (next) onPick(next);
  };
  const first = Math.max(0, view.top - beyond);
  const drawn = events.slice(first, view.top + view.rows + beyond);
  return (
    <div class="event-list" ref={box} onScroll={look} onKeyDown={step} tabIndex={0} role="listbox" aria-label="Events"
      aria-activedescendant={picked ? `event-${picked.sequence}` : undefined}>
      <div style={{ height: events.length * height }}>
        <div style={{ transform: `translateY(${first * height}px)` }}>
          {drawn.map((e) => <Row key={e.sequence} event={e} isPicked={e === picked} onPick={onPick} />)}
        </div>
      </div>
    </div>
  );
}

function Row({ event: e, isPicked, onPick }: { event: Event; isPicked: boolean; onPick: (e: Event) => void }) {
  return (
    <div id={`event-${e.sequence}`} class="event" role="option" aria-selected={isPicked} aria-setsize={-1} onClick={() => onPick(e)}>
      <span class="sequence">{e.sequence}</span>
      <time>{formatTime(e.time)}</time>
      <span class="type" data-family={e.type.split(".")[0]}>{e.type}</span>
      <bdi class="summary">{safe(summaryOf(e))}</bdi>
    </div>
  );
}
