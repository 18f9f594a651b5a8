import type { SessionStatus } from "../api/model";

const words: Record<SessionStatus, string> = {
  idle: "idle",
  running: "running",
  queued: "queued",
  waiting: "waiting for you",
  ended: "ended",
};

/** A session's state, in a colour and in words. */
export function Status({ status }: { status: SessionStatus }) {
  return (
    <span class="status" data-status={status}>
      <i aria-hidden="true" />
      {words[status] ?? status}
    </span>
  );
}
