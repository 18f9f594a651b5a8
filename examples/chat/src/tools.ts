// The tools that the agent asks for are executed here, in the browser: those below by the page, confirm by the user.
import { reason } from './session';

type Call = { toolName: string; toolCallId: string; input: unknown };

const tools: Record<string, (input: unknown) => unknown> = {
  'get-time': () => ({ time: new Date().toISOString(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
};

// asksUser says whether the user answers a call, not the page.
export const asksUser = (toolName: string) => toolName === 'confirm';

// execute gives what addToolOutput takes. A tool that is not there is an error, which the agent is told: it waits for an answer.
export async function execute({ toolName: tool, toolCallId, input }: Call) {
  try {
    if (!Object.hasOwn(tools, tool)) throw new Error(`no such tool in this page: ${tool}`);
    return { tool, toolCallId, output: await tools[tool](input) };
  } catch (error) {
    return { tool, toolCallId, state: 'output-error' as const, errorText: reason(error) };
  }
}
