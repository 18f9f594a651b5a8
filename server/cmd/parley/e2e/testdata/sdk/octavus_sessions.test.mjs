import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OctavusClient } from '@octavus/server-sdk';
import { agents, http, octavus, token, url } from './server.mjs';
import { all, begin, message, messages, only, text } from './octavus.mjs';

const parts = (message) => message.parts.map((p) => p.text);

for (const agent of agents) {
  describe(agent.id, () => {
    test('a session is active from its creation, and has its input', async () => {
      const { id } = await begin(agent);
      const state = await octavus.agentSessions.get(id);
      assert.equal(state.id, id);
      assert.equal(state.agentId, agent.id);
      assert.equal(state.status, 'active');
      assert.deepEqual(state.messages, []);
      assert.deepEqual(state.resources, agent.resources);
      for (const [name, value] of Object.entries(agent.input)) assert.equal(state.input[name], value);
      assert.deepEqual(await octavus.agentSessions.getMessages(id), { sessionId: id, agentId: agent.id, messages: [], status: 'active' });
    });

    test('both forms of the state have what was said', async () => {
      const { id, say } = await begin(agent);
      await say(agent.say('Hello there'));
      const shown = await messages(id);
      assert.deepEqual(shown.map((m) => [m.role, m.status, parts(m)]),
        [['user', 'done', [agent.say('Hello there')]], ['assistant', 'done', ['Hello there']]]);
      assert.ok(shown[0].createdAt instanceof Date && !Number.isNaN(shown[0].createdAt.valueOf()));
      const { messages: full } = await octavus.agentSessions.get(id);
      assert.deepEqual(full.map((m) => [m.id, m.role, m.content, m.visible]),
        [[shown[0].id, 'user', agent.say('Hello there'), true], [shown[1].id, 'assistant', 'Hello there', true]]);
    });

    test('a message has the id that its run has announced', async () => {
      const { id, say } = await begin(agent);
      const [start] = await say(agent.say('Hello'));
      assert.equal((await messages(id))[1].id, start.messageId);
    });

    test('a session that was cleared is expired, and goes on when it is restored', async () => {
      const { id, say } = await begin(agent);
      await say(agent.say('Hello there'));
      const kept = await messages(id);
      assert.deepEqual(await octavus.agentSessions.restore(id, kept), { sessionId: id, restored: false });
      assert.deepEqual((await http('DELETE', `/api/agent-sessions/${id}`)).body, { sessionId: id, cleared: true });
      assert.equal((await octavus.agentSessions.get(id)).status, 'expired');
      assert.equal((await octavus.agentSessions.getMessages(id)).status, 'expired');

      assert.deepEqual(await octavus.agentSessions.restore(id, kept, agent.input), { sessionId: id, restored: true });
      assert.deepEqual(await messages(id), kept);
      assert.equal(text(await say(agent.say('Again'))), 'Again');
      assert.deepEqual((await messages(id)).map(parts), [...kept.map(parts), [agent.say('Again')], ['Again']]);
    });
  });
}

test('what was restored counts', async () => {
  const { id, say } = await begin(agents[0]);
  await say('echo Hello');
  const kept = await messages(id);
  await http('DELETE', `/api/agent-sessions/${id}`);
  await octavus.agentSessions.restore(id, kept);
  assert.equal(text(await say('count')), 'count=2');
});

test('a base URL may end with a slash', async () => {
  const slashed = new OctavusClient({ baseUrl: `${url}/`, apiKey: token });
  const id = await slashed.agentSessions.create('mock');
  assert.equal(text(await all(slashed.agentSessions.attach(id).execute(message('echo Hello')))), 'Hello');
  assert.equal((await slashed.agentSessions.getMessages(id)).messages.length, 2);
});

test('a trigger runs all blocks of its handler', async () => {
  const told = [];
  const tools = { 'create-ticket': async (args) => { told.push(args); return { id: 17 }; } };
  const { id, session } = await begin(agents[1], { tools });
  const events = await all(session.execute({ type: 'trigger', triggerName: 'hand-over', input: { REASON: 'Angry' } }));
  assert.deepEqual(only(events, 'block-start').map((e) => [e.blockType, e.display, e.thread ?? 'main']), [
    ['serialize-thread', 'name', 'main'], ['start-thread', 'hidden', 'summary'], ['add-message', 'hidden', 'summary'],
    ['next-message', 'description', 'summary'], ['set-resource', 'name', 'main'], ['tool-call', 'description', 'main'],
    ['add-message', 'hidden', 'main'], ['next-message', 'stream', 'main']]);
  assert.equal(told.length, 1);
  assert.deepEqual(told[0].labels, ['handover']);
  assert.match(told[0].summary, /^A summary\./);
  assert.equal(events.at(-1).finishReason, 'stop');
  const state = await octavus.agentSessions.get(id);
  assert.equal(state.resources.NOTES, told[0].summary);
  assert.deepEqual(state.variables.TICKET, { id: 17 });
});
