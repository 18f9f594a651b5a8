import { terminate } from "../state/actions";
import { closeDialog } from "../state/dialog";
import type { OpenSession } from "../state/open";
import { Dialog } from "./Dialog";

/** Asks before a session is ended. */
export function Terminate({ session }: { session: OpenSession }) {
  const end = () => {
    closeDialog();
    void terminate(session.id);
  };
  return (
    <Dialog title="Terminate this session?" onClose={closeDialog}>
      <p>The agent is stopped and takes no more messages. What it said stays here to be read.</p>
      <footer>
        <button onClick={closeDialog}>Cancel</button>
        <button class="danger" onClick={end}>Terminate</button>
      </footer>
    </Dialog>
  );
}
