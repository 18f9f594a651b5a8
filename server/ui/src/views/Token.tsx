import { useState } from "preact/hooks";
import { enterToken, tokenWanted } from "../state/token";

/** Asks for the server's token. */
export function Token() {
  const [value, setValue] = useState("");
  const [remember, setRemember] = useState(false);
  const enter = (e: Event) => {
    e.preventDefault();
    if (value.trim() !== "") enterToken(value, remember);
  };
  return (
    <main class="token">
      <form onSubmit={enter}>
        <h1>Parley</h1>
        <label for="token">Token of this server</label>
        <input id="token" type="password" autocomplete="off" autofocus value={value} onInput={(e) => setValue(e.currentTarget.value)} />
        {tokenWanted.value === "wrong" && <p class="fault" role="alert">The server does not take this token.</p>}
        <label class="check">
          <input type="checkbox" checked={remember} onChange={(e) => setRemember(e.currentTarget.checked)} />
          Remember it in this browser
        </label>
        <button class="primary" type="submit">Open</button>
        <p class="faint">It is what the server was started with: <code>--token</code> or <code>PARLEY_TOKEN</code>.</p>
      </form>
    </main>
  );
}
