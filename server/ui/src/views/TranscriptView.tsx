import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { OpenSession } from "../state/open";
import { wanted } from "../state/route";
import type { Transcript } from "../transcript/fold";
import { drawn } from "./EntryView";

// Only the last entries of a long transcript are drawn; who scrolls up gets the ones before, step by step.
const step = 100;

/** What was said, with its end in sight until the reader scrolls away from it. */
export function TranscriptView({ session }: { session: OpenSession }) {
  const transcript = session.transcript.value;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const [first, setFirst] = useState<number | null>(null); // null = near the end
  const start = first ?? Math.max(0, Math.floor(transcript.entries.length / step - 1) * step);
  useKeptPlace(box, atEnd, start);
  useLayoutEffect(() => {
    const place = transcript.places.get(wanted.value);
    if (place === undefined) return;
    if (place < start) return setFirst(Math.floor(place / step) * step);
    show(transcript.entries[place]!.key);
    wanted.value = "";
  });
  const toEnd = () => {
    atEnd.current = true;
    setAway(false);
    setFirst(null);
    box.current!.scrollTop = box.current!.scrollHeight;
  };
  const scrolled = () => {
    const el = box.current!;
    atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < 40;
    setAway(!atEnd.current);
    if (el.scrollTop < 300 && start > 0 && !atEnd.current) setFirst(Math.max(0, start - step));
    else setFirst(atEnd.current ? null : start);
  };
  return (
    <div class="transcript-box">
      <div class="transcript" ref={box} onScroll={scrolled} tabIndex={0} role="log" aria-label="Transcript">
        <div class="entries" data-first={start}>
          {transcript.entries.slice(start).map((e) => drawn(session.id, e))}
          <Working transcript={transcript} />
        </div>
      </div>
      {away && <button class="to-end" onClick={toEnd}>↓ Latest</button>}
    </div>
  );
}

/** Brings an entry into sight, and the keyboard with it. */
function show(key: string): void {
  const entry = document.getElementById(key);
  entry?.scrollIntoView({ block: "center" });
  entry?.focus({ preventScroll: true });
}

/** Keeps the end in sight, or what the reader looks at where it is while entries before it are added. */
function useKeptPlace(box: { current: HTMLDivElement | null }, atEnd: { current: boolean }, start: number): void {
  const before = useRef({ start, height: 0 });
  useLayoutEffect(() => {
    const el = box.current!;
    if (atEnd.current) el.scrollTop = el.scrollHeight;
    else if (start < before.current.start) el.scrollTop += el.scrollHeight - before.current.height;
    before.current = { start, height: el.scrollHeight };
  });
  useLayoutEffect(() => {
    const el = box.current!;
    const grown = new ResizeObserver(() => {
      if (atEnd.current) el.scrollTop = el.scrollHeight;
    });
    grown.observe(el);
    grown.observe(el.firstElementChild!);
    return () => grown.disconnect();
  }, []);
}

/** Tells that the agent is at work, which may say nothing for a while. */
function Working({ transcript }: { transcript: Transcript }) {
  if (!transcript.turn || transcript.asked.size > 0) return null;
  return <p class="working" role="status"><i /><i /><i /><span class="hidden">The agent is working</span></p>;
}
