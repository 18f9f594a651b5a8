import { useEffect, useState } from "preact/hooks";
import { newKey } from "../api/client";
import type { AgentInfo } from "../api/model";
import { wordsOf } from "../api/problem";
import { createSession } from "../state/actions";
import { listAgents } from "../state/agents";
import { closeDialog } from "../state/dialog";
import { go } from "../state/route";
import { AgentChoice } from "./AgentChoice";
import { Dialog } from "./Dialog";
import { type Fields, SessionFields } from "./SessionFields";

const close = () => closeDialog("new");

/** Asks for all that a session begins with. */
export function NewSession() {
  const [agents, setAgents] = useState<AgentInfo[] | null>(null);
  const [fields, setFields] = useState<Fields>({ agent: "" });
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    listAgents().then((all) => {
      setAgents(all);
      setFields({ agent: (all.find((a) => a.installed && a.credentialsAvailable) ?? all[0])?.id ?? "" });
    }, (thrown) => setFault(wordsOf(thrown)));
  }, []);
  useEffect(() => document.querySelector<HTMLElement>(".agents :checked")?.focus(), [agents]);
  const change = (to: Fields) => {
    setFields(to);
    setFault("");
  };
  const create = async (e: Event) => {
    e.preventDefault();
    setBusy(true);
    const id = fields.id?.trim() || `${fields.agent}-${newKey().slice(0, 6)}`;
    try {
      await createSession(id, bodyOf(fields));
      close();
      go(id);
    } catch (thrown) {
      setFault(wordsOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title="New session" onClose={close}>
      <form class="new-session" onSubmit={create}>
        <AgentChoice agents={agents} agent={fields.agent} onChange={(agent) => change({ ...fields, agent, agentMode: "", model: "", variant: "" })} />
        {fields.agent !== "" && <SessionFields key={fields.agent} fields={fields} onChange={change} />}
        {fault !== "" && <p class="fault" role="alert">{fault}</p>}
        <footer>
          <button type="button" onClick={close}>Cancel</button>
          <button class="primary" type="submit" disabled={busy || fields.agent === ""}>Create</button>
        </footer>
      </form>
    </Dialog>
  );
}

/** What was filled in; what was not is the server's to choose. */
function bodyOf({ id: _, ...fields }: Fields) {
  const given = Object.entries(fields).filter(([, value]) => value.trim() !== "");
  return { ...Object.fromEntries(given), agent: fields.agent };
}
