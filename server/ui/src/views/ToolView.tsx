import type { Tool } from "../transcript/entry";
import { prettyJSON } from "../text/format";
import { safe } from "../text/safe";
import { PartView } from "./PartView";
import { CodeText } from "./PlainText";

/** A call of a tool. What it was given and what came of it is folded; what it did to files is not. */
export function ToolView({ session, tool }: { session: string; tool: Tool }) {
  const files = tool.parts.filter((p) => p.type === "file_ref" || p.type === "image");
  const rest = tool.parts.filter((p) => p.type !== "file_ref" && p.type !== "image");
  const input = tool.input === "" || tool.input === "{}" ? "" : tool.input;
  return (
    <section class="tool" id={tool.key} tabIndex={-1} data-nested={tool.nested} data-state={tool.waits ? "waits" : tool.state}
      aria-label={`Tool ${tool.name}`}>
      <details class="call">
        <summary>
          <bdi class="tool-name">{safe(tool.title || tool.name)}</bdi>
          <bdi class="hint">{safe(hint(input))}</bdi>
          <span class="state">{tool.waits ? "waits for a client" : stateWords[tool.state]}</span>
        </summary>
        {input !== "" && <><h4>Input</h4><CodeText text={prettyJSON(input)} /></>}
        {tool.output !== "" && <><h4>Output</h4><CodeText text={prettyJSON(tool.output)} /></>}
        {rest.map((p, i) => <PartView key={i} session={session} part={p} />)}
        {input === "" && tool.output === "" && rest.length === 0 && <p class="faint">Nothing more is known.</p>}
      </details>
      {files.map((p, i) => <PartView key={i} session={session} part={p} />)}
    </section>
  );
}

const stateWords: Record<Tool["state"], string> = { in_progress: "running", completed: "", failed: "failed" };

// Names that agents give to what matters most in a tool's input.
const telling = ["command", "file_path", "path", "pattern", "query", "url", "description", "prompt"];

/** The input in a few words. */
function hint(input: string): string {
  try {
    const fields = JSON.parse(input) as Record<string, unknown>;
    const values = [...telling.map((name) => fields[name]), ...Object.values(fields)].flat();
    const value = values.find((v) => typeof v === "string" && v !== "");
    return typeof value === "string" ? value.slice(0, 200) : "";
  } catch {
    return input.slice(0, 200);
  }
}
