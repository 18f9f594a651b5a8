import type { SessionStatus } from "../api/model";
import { waitsForClient } from "../state/sessions";

const words: Record<SessionStatus, string> = {
  idle: "idle",
  running: "running",
  queued: "queued",
  waiting: "waiting for you",
  ended: "ended",
};

/** A session's state, in a colour and in words. */
export function Status({ session, status }: { session: string; status: SessionStatus }) {
  const isClients = status === "waiting" && waitsForClient(session);
  return (
    <span class="status" data-status={status}>
      <i aria-hidden="true" />
      {isClients ? "waiting for a client" : (words[status] ?? status)}
    </span>
  );
}
