// The session is in the address, so that a reload comes back to it: ?agent=NAME&session=ID. What else is there is the input
// that the agent's session is created with.
import type { UIMessage } from 'ai';
import { type Said, messageOf } from './history';

const address = new URL(location.href);
const { agent = 'mock', session = crypto.randomUUID() as string, ...input } = Object.fromEntries(address.searchParams);
const isNew = !address.searchParams.has('session');
address.searchParams.set('session', session);
history.replaceState(null, '', address);

export { agent, input, session };

export const api = `/api/agent-sessions/${encodeURIComponent(session)}`;

// another is the address of another session like this one.
export const another = `?${new URLSearchParams({ agent, ...input })}`;

// load gives what was said so far. The first message creates the session.
export async function load(): Promise<UIMessage[]> {
  if (isNew) return [];
  const response = await fetch(`${api}?format=ui`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(await response.text());
  const { messages = [] }: { messages?: Said[] } = await response.json();
  return messages.map(messageOf);
}

// interrupt ends the turn that runs. Leaving its stream would do that, too, but only after the server has waited for us to
// come back.
export async function interrupt() {
  await fetch(`/v1/sessions/${encodeURIComponent(session)}/interrupt`, { method: 'POST' });
}

// reason is what an error says: the server's are JSON.
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text;
  }
}
