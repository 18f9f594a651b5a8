import type { AgentInfo } from "../api/model";
import { abilitiesOf } from "../state/agents";

/** The agents, with what they can do and what they lack. */
export function AgentChoice(props: { agents: AgentInfo[] | null; agent: string; onChange: (agent: string) => void }) {
  if (!props.agents) return <p class="faint" aria-busy="true">Looking for agents</p>;
  return (
    <fieldset class="agents">
      <legend>Agent</legend>
      {props.agents.map((a) => (
        <label key={a.id} class="agent" data-installed={a.installed}>
          <input type="radio" name="agent" value={a.id} checked={a.id === props.agent} onChange={() => props.onChange(a.id)} />
          <span>
            <bdi class="name">{a.id}</bdi> <span class="faint">{a.version}</span>
            <span class="lack">{lackOf(a)}</span>
            {a.id === props.agent && <span class="abilities">{abilitiesOf(a).join(" · ")}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function lackOf(a: AgentInfo): string {
  if (!a.installed) return "not installed";
  return a.credentialsAvailable ? "" : "no login found";
}
