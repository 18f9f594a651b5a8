// What tests of the server SDK have in common.
import { octavus } from './server.mjs';

// message is the request that says something to an agent.
export const message = (text) => ({ type: 'trigger', triggerName: 'user-message', input: { USER_MESSAGE: text } });

// begin creates a session of an agent.
export async function begin(agent, options) {
  const id = await octavus.agentSessions.create(agent.id, agent.input);
  const session = octavus.agentSessions.attach(id, options);
  return { id, session, say: (text) => all(session.execute(message(text))) };
}

// all is what a run says, to its end.
export async function all(events) {
  const list = [];
  for await (const event of events) list.push(event);
  return list;
}

// types are the types of events, those that come in a row once.
export const types = (events) => events.map((e) => e.type).filter((type, i, list) => type !== list[i - 1]).join(' ');
export const only = (events, type) => events.filter((e) => e.type === type);
export const text = (events) => only(events, 'text-delta').map((e) => e.delta).join('');

// messages are a session's messages as a chat shows them.
export const messages = async (id) => (await octavus.agentSessions.getMessages(id)).messages;
