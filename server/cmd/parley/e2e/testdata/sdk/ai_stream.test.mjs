import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agents, headers, octavus, url } from './server.mjs';
import { calls, create, text, versions } from './ai.mjs';

// read is the message that a trigger is answered with, in the form of the AI SDK. A chunk that it does not know fails.
async function read(ai, session, body) {
  const response = await fetch(`${url}/api/agent-sessions/${session}/trigger?stream=ai-sdk`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(response.headers.get('x-vercel-ai-ui-message-stream'), 'v1');
  const chunks = ai.parseJsonEventStream({ stream: response.body, schema: ai.uiMessageChunkSchema }).pipeThrough(
    new TransformStream({ transform(chunk, out) { chunk.success ? out.enqueue(chunk.value) : out.error(chunk.error); } }));
  let message;
  for await (message of ai.readUIMessageStream({ stream: chunks, terminateOnError: true }));
  return message;
}

const say = (text) => ({ triggerName: 'user-message', input: { USER_MESSAGE: text } });

for (const { version, ai } of versions) {
  for (const agent of agents) {
    describe(`ai ${version}, ${agent.id}`, () => {
      test('a text is read', async () => {
        const id = await create(agent);
        const message = await read(ai, id, say(agent.say('Hello there')));
        assert.equal(text(message), 'Hello there');
        assert.equal(message.id, (await octavus.agentSessions.getMessages(id)).messages[1].id);
      });

      test('reasoning is read', async () => {
        const { parts } = await read(ai, await create(agent), say(agent.think('Deep')));
        assert.deepEqual(parts.filter((p) => p.text).map((p) => [p.type, p.text, p.state]), [['reasoning', 'Deep', 'done'], ['text', 'Deep', 'done']]);
      });

      test('a tool is asked for, and its result is answered', async () => {
        const id = await create(agent);
        const [call] = calls(await read(ai, id, say(agent.call(['get-weather', { city: 'Rome' }]))));
        assert.deepEqual([call.toolName, call.state, call.input], ['get-weather', 'input-available', { city: 'Rome' }]);
        const message = await read(ai, id, { toolResults: [{ toolCallId: call.toolCallId, result: { degrees: 21 } }] });
        assert.match(text(message), /"degrees":21/);
      });

      test('a run that fails is an error', async () => {
        const id = await create(agent);
        await assert.rejects(read(ai, id, say(agent.fail)), { message: agent.failure });
      });
    });
  }

  test(`ai ${version}: a whole handler is read`, async () => {
    const id = await create(agents[1]);
    const first = await read(ai, id, { triggerName: 'hand-over', input: { REASON: 'Angry' } });
    const [resource] = first.parts.filter((p) => p.type === 'data-resource');
    assert.match(resource.data.value, /^A summary\./);
    const blocks = first.parts.filter((p) => p.type === 'data-block').map((p) => p.data.type);
    assert.deepEqual(blocks, ['serialize-thread', 'next-message', 'set-resource', 'tool-call']);
    const [call] = calls(first);
    assert.equal(call.toolName, 'create-ticket');
    const second = await read(ai, id, { toolResults: [{ toolCallId: call.toolCallId, result: 17 }] });
    assert.match(text(second), /^Ticket 17/);
  });
}
