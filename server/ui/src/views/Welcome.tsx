import { dialog } from "../state/dialog";
import { loaded, sessionCount } from "../state/sessions";

/** What is shown while no session is open. */
export function Welcome() {
  if (!loaded.value) return <div class="welcome" aria-busy="true" />;
  const words = sessionCount.value === 0 ? "There are no sessions yet." : "Choose a session, or begin a new one.";
  return (
    <div class="welcome">
      <p>{words}</p>
      <button class="primary" onClick={() => (dialog.value = "new")}>New session</button>
      <p class="faint">Press <kbd>?</kbd> for the keyboard.</p>
    </div>
  );
}
