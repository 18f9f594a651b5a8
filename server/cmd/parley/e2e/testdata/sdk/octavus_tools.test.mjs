import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agents } from './server.mjs';
import { all, begin, messages, only, text, types } from './octavus.mjs';

const rome = ['get-weather', { city: 'Rome' }];
const oslo = ['get-weather', { city: 'Oslo' }];
const time = ['get-time', {}];

// tools note what they are called with.
function tools(heard = []) {
  return {
    'get-weather': async (args) => { heard.push(args); return { city: args.city, degrees: 21 }; },
    'get-time': async () => { heard.push('time'); return '12:00'; },
  };
}

// calls are the parts of tools in the answer of a session.
const calls = async (id) => (await messages(id))[1].parts.filter((p) => p.type === 'tool-call')
  .map(({ toolName, args, status, result, error }) => ({ toolName, args, status, result, error }));

for (const agent of agents) {
  describe(agent.id, () => {
    test('a tool is executed, and the run goes on', async () => {
      const heard = [];
      const { id, say } = await begin(agent, { tools: tools(heard) });
      const events = await say(agent.call(rome));
      assert.deepEqual(heard, [{ city: 'Rome' }]);
      const called = events.slice(events.findIndex((e) => e.type === 'tool-input-start'));
      assert.equal(types(called), 'tool-input-start tool-input-delta tool-input-end tool-input-available ' +
        'tool-output-available start text-start text-delta text-end block-end finish');
      assert.deepEqual(only(events, 'tool-input-available')[0].input, { city: 'Rome' });
      assert.match(text(events), /"degrees":21/);
      assert.deepEqual(await calls(id), [
        { toolName: 'get-weather', args: { city: 'Rome' }, status: 'done', result: { city: 'Rome', degrees: 21 }, error: undefined }]);
    });

    test('the legs of a run are one execution and one message', async () => {
      const { id, say } = await begin(agent, { tools: tools() });
      const [first, second, ...more] = only(await say(agent.call(rome)), 'start');
      assert.deepEqual(second, first);
      assert.deepEqual(more, []);
      assert.deepEqual((await messages(id)).map((m) => m.role), ['user', 'assistant']);
    });

    test('several tools at once are asked for and answered together', async () => {
      const { id, say } = await begin(agent, { tools: tools() });
      const events = await say(agent.call(rome, oslo, time));
      assert.equal(only(events, 'start').length, 2);
      const asked = only(events, 'tool-input-available').map((e) => e.toolCallId);
      assert.deepEqual(only(events, 'tool-output-available').map((e) => e.toolCallId), asked);
      assert.equal(new Set(asked).size, 3);
      assert.deepEqual((await calls(id)).map((c) => c.result), [{ city: 'Rome', degrees: 21 }, { city: 'Oslo', degrees: 21 }, agent.kept('12:00')]);
    });

    test('tools are called one after the other', async () => {
      const { id, say } = await begin(agent, { tools: tools() });
      const events = await say(agent.chain(rome, time));
      assert.equal(only(events, 'start').length, 3);
      assert.deepEqual((await calls(id)).map((c) => c.result), [{ city: 'Rome', degrees: 21 }, agent.kept('12:00')]);
      assert.match(text(events), /12:00"?$/);
    });

    test('a handler that throws is an error of its tool, and the run goes on', async () => {
      const { id, say } = await begin(agent, { tools: { 'get-weather': async () => { throw new Error('no such city'); } } });
      const events = await say(agent.call(rome));
      assert.equal(only(events, 'tool-output-error')[0].error, 'no such city');
      assert.match(text(events), /no such city/);
      assert.equal(events.at(-1).finishReason, 'stop');
      const [{ status, error }] = await calls(id);
      assert.deepEqual({ status, error }, { status: 'error', error: 'no such city' });
    });

    test('a handler may return nothing', async () => {
      const { id, say } = await begin(agent, { tools: { 'get-time': async () => {} } });
      const events = await say(agent.call(time));
      assert.match(text(events), /null$/);
      assert.equal((await calls(id))[0].status, 'done');
    });

    test('a tool without a handler is the app\'s, which goes on by the execution', async () => {
      const { id, session, say } = await begin(agent);
      const events = await say(agent.call(rome));
      const { executionId, toolCalls: [call] } = only(events, 'client-tool-request')[0];
      assert.deepEqual(call.args, { city: 'Rome' });
      assert.equal(executionId, events[0].executionId);
      assert.equal(events.at(-1).finishReason, 'client-tool-calls');
      assert.equal((await calls(id))[0].status, 'running');

      const toolResults = [{ toolCallId: call.toolCallId, result: { degrees: 3 } }];
      const more = await all(session.execute({ type: 'continue', executionId, toolResults }));
      assert.match(text(more), /"degrees":3/);
      assert.equal(more.at(-1).finishReason, 'stop');
    });

    test('the app adds its results to those of the server', async () => {
      const { id, session, say } = await begin(agent, { tools: { 'get-weather': tools()['get-weather'] } });
      const [{ executionId, toolCalls, serverToolResults }] = only(await say(agent.call(rome, time)), 'client-tool-request');
      assert.deepEqual(toolCalls.map((c) => c.toolName), ['get-time']);
      const toolResults = [...serverToolResults, { toolCallId: toolCalls[0].toolCallId, result: '13:00' }];
      assert.match(text(await all(session.execute({ type: 'continue', executionId, toolResults }))), /13:00"?$/);
      assert.deepEqual((await calls(id)).map((c) => c.result), [{ city: 'Rome', degrees: 21 }, agent.kept('13:00')]);
    });

    test('a call that is abandoned by a new trigger is over', async () => {
      const { id, session, say } = await begin(agent);
      const [{ executionId, toolCalls: [{ toolCallId }] }] = only(await say(agent.call(rome)), 'client-tool-request');
      assert.equal(text(await say(agent.say('Never mind'))), 'Never mind');
      const [{ status, error }] = await calls(id);
      assert.equal(status, 'error');
      assert.ok(error);
      const late = await all(session.execute({ type: 'continue', executionId, toolResults: [{ toolCallId, result: 1 }] }));
      assert.deepEqual(late.map((e) => [e.type, e.errorType]), [['error', 'validation_error']]);
    });

    test('results are taken once', async () => {
      const { session, say } = await begin(agent);
      const [{ executionId, toolCalls: [{ toolCallId }] }] = only(await say(agent.call(rome)), 'client-tool-request');
      const request = { type: 'continue', executionId, toolResults: [{ toolCallId, result: 1 }] };
      assert.equal((await all(session.execute(request))).at(-1).type, 'finish');
      assert.deepEqual((await all(session.execute(request))).map((e) => [e.type, e.errorType]), [['error', 'validation_error']]);
    });
  });
}

test('a tool that a block calls is given its name and its arguments', async () => {
  const heard = [];
  const { session } = await begin(agents[1], { tools: { 'create-ticket': async (args) => { heard.push(args); return 17; } } });
  const events = await all(session.execute({ type: 'trigger', triggerName: 'ticket', input: { REASON: 'Broken' } }));
  assert.deepEqual(heard, [{ summary: 'Broken', labels: [] }]);
  assert.equal(events.at(-1).finishReason, 'stop');
});

test('a hidden tool is executed, and not shown', async () => {
  const heard = [];
  const { id, say } = await begin(agents[1], { tools: { 'note-mood': async () => { heard.push('mood'); return 'good'; } } });
  const events = await say('tool note-mood');
  assert.deepEqual(heard, ['mood']);
  assert.deepEqual(only(events, 'tool-input-start'), []);
  assert.deepEqual(await calls(id), []);
});
