import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Resource } from '@octavus/server-sdk';
import { agents, ended, octavus } from './server.mjs';
import { all, begin, message, messages, only, text, types } from './octavus.mjs';

class Notes extends Resource {
  name = 'NOTES';
  values = [];
  onUpdate(value) { this.values.push(value); }
}

// before is what comes before an agent speaks: the declared one adds the message in a block of its own.
const before = { mock: 'start block-start ', desk: 'start block-start block-end block-start ' };

for (const agent of agents) {
  describe(agent.id, () => {
    test('a text comes in order', async () => {
      const { say } = await begin(agent);
      const events = await say(agent.say('Hello there'));
      assert.equal(types(events), `${before[agent.id]}text-start text-delta text-end block-end finish`);
      assert.equal(text(events), 'Hello there');
      assert.ok(only(events, 'text-delta').length > 1);
      assert.equal(new Set(events.filter((e) => e.type.startsWith('text-')).map((e) => e.id)).size, 1);
      assert.equal(events.at(-1).finishReason, 'stop');
      const { executionId, messageId } = events[0];
      assert.ok(executionId && messageId);
    });

    test('blocks begin and end', async () => {
      const { say } = await begin(agent);
      const events = await say(agent.say('Hello'));
      const blocks = only(events, 'block-start');
      assert.deepEqual(only(events, 'block-end').map((e) => e.blockId), blocks.map((e) => e.blockId));
      const { blockType, display } = blocks.at(-1);
      assert.deepEqual({ blockType, display }, { blockType: 'next-message', display: 'stream' });
    });

    test('reasoning comes before the text', async () => {
      const { id, say } = await begin(agent);
      const events = await say(agent.think('Deep'));
      assert.equal(types(events), `${before[agent.id]}reasoning-start reasoning-delta reasoning-end text-start text-delta text-end block-end finish`);
      assert.equal(only(events, 'reasoning-delta').map((e) => e.delta).join(''), 'Deep');
      assert.deepEqual((await messages(id))[1].parts.map((p) => [p.type, p.text]), [['reasoning', 'Deep'], ['text', 'Deep']]);
    });

    test('a run that fails ends with an error, and the next one goes on', async () => {
      const { say } = await begin(agent);
      const events = await say(agent.fail);
      assert.equal(events.filter((e) => e.type === 'error' || e.type === 'finish').length, 1);
      const { type, message, retryable } = events.at(-1);
      assert.deepEqual({ type, message, retryable }, { type: 'error', message: agent.failure, retryable: false });
      assert.equal(text(await say(agent.say('Better'))), 'Better');
    });

    test('a run whose client aborts is stopped, and what it has said is kept', async () => {
      const { id, session } = await begin(agent);
      const abort = new AbortController();
      const events = [];
      for await (const event of session.execute(message(agent.ticks), { signal: abort.signal })) {
        events.push(event);
        if (only(events, 'text-delta').length === 2) abort.abort();
      }
      assert.equal(events.at(-1).finishReason, 'stop');
      assert.equal((await ended(id)).status, 'interrupted');
      const [part] = (await messages(id))[1].parts;
      assert.ok(part.text.startsWith(text(events)), part.text);
      assert.equal(part.status, 'done');
    });
  });
}

const resources = { mock: () => message('resource Two words'), desk: () => ({ type: 'trigger', triggerName: 'remember', input: { TEXT: 'Two words' } }) };
for (const agent of agents) {
  test(`${agent.id}: a resource is handed to its owner, and is in the state`, async () => {
    const notes = new Notes();
    const { id, session } = await begin(agent, { resources: [notes] });
    const events = await all(session.execute(resources[agent.id]()));
    assert.deepEqual(only(events, 'resource-update'), [{ type: 'resource-update', name: 'NOTES', value: 'Two words' }]);
    assert.deepEqual(notes.values, ['Two words']);
    assert.deepEqual((await octavus.agentSessions.get(id)).resources.NOTES, 'Two words');
  });
}

test('structured output is an object', async () => {
  const { id, session } = await begin(agents[1]);
  const input = { USER_MESSAGE: 'say {"text":"Hi","score":3}' };
  const events = await all(session.execute({ type: 'trigger', triggerName: 'answer', input }));
  assert.equal(only(events, 'text-start')[0].responseType, 'Answer');
  const [part] = (await messages(id))[1].parts;
  assert.deepEqual([part.type, part.typeName, part.status, part.object], ['object', 'Answer', 'done', { text: 'Hi', score: 3 }]);
  assert.deepEqual((await octavus.agentSessions.get(id)).variables.ANSWER, { text: 'Hi', score: 3 });
});

test('a provider that fails is named', async () => {
  const { say } = await begin(agents[1]);
  const { errorType, source, provider } = (await say('error 401 No such key.')).at(-1);
  assert.deepEqual([errorType, source, provider.name, provider.statusCode], ['authentication_error', 'provider', 'anthropic', 401]);
});
