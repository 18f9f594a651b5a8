import { dialog } from "../state/dialog";
import { filter, loaded, more, sessions, showMore } from "../state/sessions";
import { SessionRow } from "./SessionRow";
import { Waiting } from "./Waiting";

/** What waits for an answer, and all sessions. */
export function Sidebar() {
  return (
    <nav class="sidebar" aria-label="Sessions">
      <header>
        <h1>Parley</h1>
        <button class="quiet" onClick={() => (dialog.value = "help")} aria-label="Keyboard">?</button>
        <button onClick={() => (dialog.value = "new")}>New session</button>
      </header>
      <input id="filter" type="search" placeholder="Filter sessions" aria-label="Filter sessions" value={filter.value}
        onInput={(e) => (filter.value = e.currentTarget.value)} />
      <div class="scroll">
        <Waiting />
        <ul class="sessions" aria-busy={!loaded.value}>
          {sessions.value.map((s) => <SessionRow key={s.sessionId} session={s} />)}
        </ul>
        {loaded.value && sessions.value.length === 0 && <p class="faint">{filter.value ? "None matches." : "No sessions yet."}</p>}
        {more.value && <button class="quiet" onClick={showMore}>Show more</button>}
      </div>
    </nav>
  );
}
