import { dialog } from "../state/dialog";
import { open } from "../state/open";
import { trouble } from "../state/sessions";
import { failure } from "../state/actions";
import { tokenWanted } from "../state/token";
import { Help } from "./Help";
import { NewSession } from "./NewSession";
import { SessionView } from "./SessionView";
import { Sidebar } from "./Sidebar";
import { Terminate } from "./Terminate";
import { Token } from "./Token";
import { Welcome } from "./Welcome";

/** The page. Without a token that the server takes it is the question for one, and nothing else. */
export function App() {
  if (tokenWanted.value !== "no") return <Token />;
  const session = open.value;
  return (
    <div class="app" data-screen={session ? "session" : "list"}>
      <Sidebar />
      <main class="main">
        <Alerts />
        {session ? <SessionView key={session.id} session={session} /> : <Welcome />}
      </main>
      {dialog.value === "new" && <NewSession />}
      {dialog.value === "help" && <Help />}
      {dialog.value === "terminate" && session && <Terminate session={session} />}
    </div>
  );
}

/** What went wrong. */
function Alerts() {
  return (
    <div role="alert">
      {trouble.value !== "" && <p class="alert">{sentence(trouble.value)} Trying again.</p>}
      {failure.value !== "" && (
        <p class="alert">
          {sentence(failure.value)}
          <button class="quiet" onClick={() => (failure.value = "")} aria-label="Dismiss">×</button>
        </p>
      )}
    </div>
  );
}

function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : text + ".";
}
