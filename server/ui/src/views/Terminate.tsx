import { terminate } from "../state/actions";
import { closeDialog } from "../state/dialog";
import type { OpenSession } from "../state/open";
import { Dialog } from "./Dialog";

/** Asks before a session is ended. */
export function Terminate({ session }: { session: OpenSession }) {
  const close = () => closeDialog("terminate");
  const end = () => {
    close();
    void terminate(session.id);
  };
  return (
    <Dialog title="Terminate this session?" onClose={close}>
      <p>The agent is stopped and takes no more messages. What it said stays here to be read.</p>
      <footer>
        <button onClick={close}>Cancel</button>
        <button class="danger" onClick={end}>Terminate</button>
      </footer>
    </Dialog>
  );
}
