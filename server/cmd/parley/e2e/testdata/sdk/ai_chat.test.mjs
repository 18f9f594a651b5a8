import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { agents, ended, headers, http, octavus, url } from './server.mjs';
import { calls, create, open, said, text, until, versions } from './ai.mjs';

const rome = ['get-weather', { city: 'Rome' }];
const oslo = ['get-weather', { city: 'Oslo' }];
const time = ['get-time', {}];
const tools = {
  'get-weather': ({ city }) => ({ output: { city, degrees: 21 } }),
  'get-time': () => ({ output: '12:00' }),
};

for (const sdk of versions) {
  for (const agent of agents) {
    describe(`ai ${sdk.version}, ${agent.id}`, () => {
      test('a message is answered, and so is the next one', async () => {
        const id = await create(agent);
        const chat = open(sdk, id);
        await chat.sendMessage({ text: agent.say('Hello there') });
        await chat.sendMessage({ text: agent.say('Again') });
        assert.equal(chat.status, 'ready');
        assert.deepEqual(chat.messages.map((m) => [m.role, text(m)]), [
          ['user', agent.say('Hello there')], ['assistant', 'Hello there'], ['user', agent.say('Again')], ['assistant', 'Again']]);
        const { messages } = await octavus.agentSessions.getMessages(id);
        assert.deepEqual(chat.messages.map((m) => text(m)), messages.map((m) => text(m)));
        assert.equal(chat.messages[1].id, messages[1].id);
      });

      test('a tool is executed as it is called, and the chat goes on by itself', async () => {
        const chat = open(sdk, await create(agent), { tools });
        await chat.sendMessage({ text: agent.call(rome) });
        assert.equal(chat.messages.length, 2);
        const [{ state, input, output }] = calls(chat.lastMessage);
        assert.deepEqual({ state, input, output }, { state: 'output-available', input: { city: 'Rome' }, output: { city: 'Rome', degrees: 21 } });
        assert.match(said(chat), /"degrees":21/);
      });

      test('several tools at once, and one after the other', async () => {
        const chat = open(sdk, await create(agent), { tools });
        await chat.sendMessage({ text: agent.call(rome, oslo, time) });
        assert.deepEqual(calls(chat.lastMessage).map((c) => c.output), [{ city: 'Rome', degrees: 21 }, { city: 'Oslo', degrees: 21 }, '12:00']);
        await chat.sendMessage({ text: agent.chain(rome, time) });
        assert.deepEqual(calls(chat.lastMessage).map((c) => c.output), [{ city: 'Rome', degrees: 21 }, '12:00']);
        assert.match(said(chat), /12:00"?$/);
        assert.equal(chat.messages.length, 4);
      });

      test('a call waits for the user, who answers all of them', async () => {
        const chat = open(sdk, await create(agent));
        await chat.sendMessage({ text: agent.call(rome, time) });
        assert.equal(chat.status, 'ready');
        const [first, second] = calls(chat.lastMessage);
        await chat.addToolOutput({ tool: first.toolName, toolCallId: first.toolCallId, output: 'sunny' });
        assert.equal(said(chat), '');
        await (chat.addToolResult ?? chat.addToolOutput)({ tool: second.toolName, toolCallId: second.toolCallId, output: '13:00' });
        await until(chat, () => chat.status === 'ready' && said(chat) !== '');
        assert.match(said(chat), /13:00"?$/);
      });

      test('a tool that fails is an error of its call', async () => {
        const chat = open(sdk, await create(agent), { tools: { 'get-time': () => ({ state: 'output-error', errorText: 'no clock' }) } });
        await chat.sendMessage({ text: agent.call(time) });
        const [{ state, errorText }] = calls(chat.lastMessage);
        assert.deepEqual({ state, errorText }, { state: 'output-error', errorText: 'no clock' });
        assert.match(said(chat), /no clock/);
      });

      test('a new message gives up the calls that wait', async () => {
        const chat = open(sdk, await create(agent));
        await chat.sendMessage({ text: agent.call(time) });
        await chat.sendMessage({ text: agent.say('Never mind') });
        assert.equal(chat.status, 'ready');
        assert.equal(said(chat), 'Never mind');
      });

      test('a run that fails is shown as an error, and the chat goes on', async () => {
        const chat = open(sdk, await create(agent));
        await chat.sendMessage({ text: agent.fail });
        assert.equal(chat.status, 'error');
        assert.equal(chat.error.message, agent.failure);
        await chat.sendMessage({ text: agent.say('Better') });
        assert.equal(chat.status, 'ready');
        assert.equal(said(chat), 'Better');
      });

      test('a page that is loaded again resumes the answer, and has all of it', async () => {
        const id = await create(agent);
        const first = open(sdk, id);
        const sent = first.sendMessage({ text: agent.ticks });
        await until(first, () => said(first) !== '');
        const second = open(sdk, id, { messages: first.messages.slice(0, 1) });
        const resumed = second.resumeStream();
        await until(second, () => /tick.*tick.*tick/.test(said(second)));
        await http('POST', `/v1/sessions/${id}/interrupt`);
        await Promise.all([sent, resumed]);
        const { messages: [, answer] } = await octavus.agentSessions.getMessages(id);
        assert.deepEqual(second.messages.map((m) => m.role), ['user', 'assistant']);
        assert.equal(said(second), text(answer));
        assert.equal(said(first), text(answer));
        assert.equal(second.lastMessage.id, first.lastMessage.id);
      });

      test('an answer that is stopped is stopped in the server', async () => {
        const id = await create(agent);
        const chat = open(sdk, id);
        const sent = chat.sendMessage({ text: agent.ticks });
        await until(chat, () => said(chat) !== '');
        await chat.stop();
        await sent;
        assert.equal((await ended(id)).status, 'interrupted');
        const { messages: [, answer] } = await octavus.agentSessions.getMessages(id);
        assert.ok(text(answer).startsWith(said(chat)));
      });

      test('a session that is busy is an error', async () => {
        const id = await create(agent);
        const chat = open(sdk, id);
        const sent = chat.sendMessage({ text: agent.ticks });
        await until(chat, () => chat.status === 'streaming');
        const other = open(sdk, id);
        await other.sendMessage({ text: agent.say('Hello') });
        assert.equal(JSON.parse(other.error.message).code, 'SESSION_BUSY');
        await chat.stop();
        await sent;
      });
    });
  }

  describe(`ai ${sdk.version}`, () => {
    test('where nothing runs there is nothing to resume', async () => {
      const chat = open(sdk, await create(agents[0]));
      await chat.sendMessage({ text: 'echo Hello' });
      const { messages } = chat;
      await chat.resumeStream();
      assert.equal(chat.status, 'ready');
      assert.equal(chat.error, undefined);
      assert.deepEqual(chat.messages, messages);
    });

    test('a chat that names its agent needs no session', async () => {
      const id = randomUUID();
      const chat = open(sdk, id, { body: { agentId: 'desk', input: { COMPANY_NAME: 'Acme' } } });
      await chat.sendMessage({ text: 'say Hello' });
      await chat.sendMessage({ text: 'say Again' });
      assert.equal(said(chat), 'Again');
      assert.equal((await octavus.agentSessions.get(id)).agentId, 'desk');
    });

    test('a resource is data of the message', async () => {
      const chat = open(sdk, await create(agents[0]));
      await chat.sendMessage({ text: 'resource Two words' });
      assert.deepEqual(chat.lastMessage.parts.filter((p) => p.type === 'data-resource').map((p) => [p.id, p.data]), [['NOTES', { name: 'NOTES', value: 'Two words' }]]);
    });
  });
}
