import { useEffect, useState } from "preact/hooks";
import type { AgentMode, AgentModels } from "../api/model";
import { listModels, listModes } from "../state/agents";

/** What a new session begins with, as it is filled in. */
export type Fields = { agent: string } & Partial<
  Record<"id" | "agentMode" | "permissionMode" | "model" | "variant" | "directory" | "title", string>
>;

// The contract's; which of them an agent has, it says when the session is created.
const permissionModes = ["default", "plan", "acceptEdits", "bypass"];

interface Props {
  fields: Fields;
  onChange: (fields: Fields) => void;
}

/** The fields of an agent. Its models come when the agent has told them. */
export function SessionFields({ fields, onChange }: Props) {
  const [modes, setModes] = useState<AgentMode[]>([]);
  const [models, setModels] = useState<AgentModels>({ models: [] });
  useEffect(() => {
    listModes(fields.agent).then(setModes, () => {});
    listModels(fields.agent).then(setModels, () => {});
  }, []);
  const set = (name: keyof Fields) => (value: string) => onChange({ ...fields, [name]: value });
  const model = models.models.find((m) => m.id === (fields.model || models.defaultModel));
  return (
    <div class="fields-grid">
      <Text label="Title" value={fields.title} onChange={set("title")} />
      <Text label="Directory" value={fields.directory} onChange={set("directory")} hint="absolute path on the server" />
      <Select label="Mode" options={modes.map((m) => m.id)} value={fields.agentMode} onChange={set("agentMode")} />
      <Select label="Permissions" options={permissionModes} value={fields.permissionMode} onChange={set("permissionMode")} />
      <Text label="Model" value={fields.model} onChange={set("model")} hint={models.defaultModel} options={models.models.map((m) => m.id)} />
      <Text label="Variant" value={fields.variant} onChange={set("variant")} hint={model?.defaultVariant} options={model?.variants} />
      <Text label="Session id" value={fields.id} onChange={set("id")} hint="chosen for you" />
    </div>
  );
}

interface FieldProps {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
}

function Text(props: FieldProps & { hint?: string | undefined; options?: string[] | undefined }) {
  const list = `options-${props.label}`;
  return (
    <label>
      {props.label}
      <input type="text" value={props.value ?? ""} placeholder={props.hint ?? ""} list={list} autocomplete="off"
        onInput={(e) => props.onChange(e.currentTarget.value)} />
      <datalist id={list}>{(props.options ?? []).map((o) => <option key={o} value={o} />)}</datalist>
    </label>
  );
}

function Select(props: FieldProps & { options: string[] }) {
  return (
    <label>
      {props.label}
      <select value={props.value ?? ""} onChange={(e) => props.onChange(e.currentTarget.value)}>
        <option value="">default</option>
        {props.options.filter((o) => o !== "default").map((o) => <option key={o}>{o}</option>)}
      </select>
    </label>
  );
}
