import { api, ok, root, send } from "./client";
import { Frames } from "./frames";
import type { Event } from "./model";
import { problemOf } from "./problem";

const pageSize = 1000;

/** Takes events of a session in their order. */
export type Sink = (events: Event[]) => void;

/** Reads the log after a sequence, page by page, and returns the last sequence. */
export async function readLog(session: string, after: number, sink: Sink, signal: AbortSignal): Promise<number> {
  for (;;) {
    const params = { path: { session_id: session }, query: { offset: after, limit: pageSize } };
    const page = await ok(api.GET("/v1/sessions/{session_id}/events", { params, signal }));
    if (signal.aborted) return after;
    sink(page.events);
    after = page.events.at(-1)?.sequence ?? after;
    if (!page.hasMore) return after;
  }
}

/**
 * Follows the log after a sequence until the stream is cut or the session has ended, and says which. It is no EventSource
 * because that cannot show a token.
 */
export async function follow(session: string, after: number, sink: Sink, signal: AbortSignal): Promise<"cut" | "ended"> {
  const url = `${root}v1/sessions/${encodeURIComponent(session)}/events/sse`;
  const response = await send(new Request(url, { headers: { "Last-Event-ID": String(after) }, signal }));
  if (response.status === 204) return "ended";
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => null));
  const frames = new Frames();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return "cut";
    const events = frames.take(value).map((data) => JSON.parse(data) as Event);
    if (events.length > 0) sink(events);
  }
}

/** An event with the agent's own payload, which pages and streams leave out. */
export async function readRaw(session: string, sequence: number): Promise<Event | undefined> {
  const query = { offset: sequence - 1, limit: 1, include_raw: true };
  const page = await ok(api.GET("/v1/sessions/{session_id}/events", { params: { path: { session_id: session }, query } }));
  return page.events[0];
}
