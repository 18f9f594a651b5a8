import { closeDialog } from "../state/dialog";
import { keys } from "../state/keys";
import { Dialog } from "./Dialog";

export function Help() {
  return (
    <Dialog title="Keyboard" onClose={() => closeDialog("help")}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>{key.split(" ").map((k) => <kbd key={k}>{k}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
