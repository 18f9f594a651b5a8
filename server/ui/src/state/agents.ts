import { api, ok } from "../api/client";
import type { AgentInfo, AgentMode, AgentModels } from "../api/model";

/** The agents, those that can be started first. */
export async function listAgents(): Promise<AgentInfo[]> {
  const { agents } = await ok(api.GET("/v1/agents"));
  return agents.sort((a, b) => Number(b.installed) - Number(a.installed));
}

export async function listModes(agent: string): Promise<AgentMode[]> {
  return (await ok(api.GET("/v1/agents/{agent}/modes", { params: { path: { agent } } }))).modes;
}

/** The models that an agent offers; none where it cannot tell. */
export async function listModels(agent: string): Promise<AgentModels> {
  return ok(api.GET("/v1/agents/{agent}/models", { params: { path: { agent } } })).catch(() => ({ models: [] }));
}

/** What an agent can do, as a user would say it. */
export function abilitiesOf(agent: AgentInfo): string[] {
  const c = agent.capabilities;
  const all: [boolean | undefined, string][] = [
    [c.permissions, "asks for permissions"],
    [c.questions, "asks questions"],
    [c.reasoning, "reasoning"],
    [c.streamingDeltas, "streams"],
    [c.fileChanges, "file changes"],
    [c.commandExecution, "commands"],
    [c.fileAttachments, "files"],
    [c.images, "images"],
    [c.mcpTools, "MCP"],
    [c.steering, "steering"],
  ];
  return all.filter(([can]) => can).map(([, what]) => what);
}
