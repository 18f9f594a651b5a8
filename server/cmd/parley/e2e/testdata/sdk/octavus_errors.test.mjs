import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OctavusClient } from '@octavus/server-sdk';
import { agents, http, octavus, url } from './server.mjs';
import { all, begin, message, messages, text } from './octavus.mjs';

// refused is what the SDK makes of a run that is refused: one event.
async function refused(events) {
  const [{ type, errorType, message, retryable, source }, ...more] = await all(events);
  assert.deepEqual([type, more], ['error', []]);
  return { errorType, message, retryable, source };
}
const wrong = (errorType, message) => ({ errorType, message, retryable: false, source: 'platform' });
const trigger = (triggerName, input) => ({ type: 'trigger', triggerName, input });

test('a session of an unknown agent is not created', async () => {
  await assert.rejects(octavus.agentSessions.create('nobody'), { name: 'ApiError', status: 404, code: 'agent_not_found' });
});

test('a session whose input is missing or wrong is not created', async () => {
  await assert.rejects(octavus.agentSessions.create('desk'),
    { status: 400, code: 'invalid_request', message: 'invalid request: input/COMPANY_NAME: is missing' });
  await assert.rejects(octavus.agentSessions.create('desk', { COMPANY_NAME: 7 }),
    { status: 400, message: 'invalid request: input/COMPANY_NAME: must be text, not the number 7' });
});

test('an unknown session is an error in every call', async () => {
  const unknown = { name: 'ApiError', status: 404, code: 'session_not_found', message: 'session not found: nobody' };
  await assert.rejects(octavus.agentSessions.get('nobody'), unknown);
  await assert.rejects(octavus.agentSessions.getMessages('nobody'), unknown);
  await assert.rejects(octavus.agentSessions.restore('nobody', []), unknown);
  assert.deepEqual(await refused(octavus.agentSessions.attach('nobody').execute(message('echo Hello'))),
    wrong('not_found_error', 'session not found: nobody'));
});

for (const agent of agents) {
  describe(agent.id, () => {
    test('an unknown trigger is refused', async () => {
      const { session } = await begin(agent);
      assert.deepEqual(await refused(session.execute(trigger('dance'))),
        wrong('validation_error', 'invalid request: triggerName: unknown trigger: dance'));
    });

    test('input that is missing or wrong is refused, and leaves nothing', async () => {
      const { id, session } = await begin(agent);
      for (const input of [undefined, {}, { USER_MESSAGE: 7 }, { USER_MESSAGE: null }]) {
        const { errorType, message } = await refused(session.execute(trigger('user-message', input)));
        assert.equal(errorType, 'validation_error');
        assert.match(message, /^invalid request: input\/USER_MESSAGE: /);
      }
      assert.deepEqual(await messages(id), []);
    });

    test('results for nothing, or of another execution, are refused', async () => {
      const { session, say } = await begin(agent);
      const results = (toolCallId, executionId) => ({ type: 'continue', executionId, toolResults: [{ toolCallId, result: 1 }] });
      assert.equal((await refused(session.execute(results('nothing', 'nothing')))).errorType, 'validation_error');
      const events = await say(agent.call(['get-time', {}]));
      const { executionId, toolCalls: [{ toolCallId }] } = events.at(-2);
      assert.equal((await refused(session.execute(results('nothing', executionId)))).errorType, 'validation_error');
      assert.equal((await refused(session.execute(results(toolCallId, 'nothing')))).errorType, 'validation_error');
      assert.equal((await all(session.execute(results(toolCallId, executionId)))).at(-1).finishReason, 'stop');
    });

    test('a session that is busy says so, and when to ask again', async () => {
      const { id, session } = await begin(agent);
      const abort = new AbortController();
      for await (const event of session.execute(message(agent.ticks), { signal: abort.signal })) {
        if (event.type !== 'text-delta') continue;
        const { errorType, retryable, source } = await refused(session.execute(message(agent.say('Hello'))));
        assert.deepEqual({ errorType, retryable, source }, { errorType: 'rate_limit_error', retryable: true, source: 'platform' });
        const { type, ...body } = message(agent.say('Hello'));
        const answer = await http('POST', `/api/agent-sessions/${id}/trigger`, body);
        assert.deepEqual([answer.status, answer.body.code], [429, 'SESSION_BUSY']);
        assert.match(answer.headers.get('retry-after'), /^\d+$/);
        abort.abort();
        break;
      }
      assert.deepEqual((await messages(id)).filter((m) => m.role === 'user').length, 1);
    });
  });
}

test('a wrong token, or none, is refused', async () => {
  for (const apiKey of ['wrong', undefined]) {
    const stranger = new OctavusClient({ baseUrl: url, apiKey });
    const refusal = { name: 'ApiError', status: 401, code: 'token_invalid' };
    await assert.rejects(stranger.agents.list(), refusal);
    await assert.rejects(stranger.agentSessions.create('mock'), refusal);
    const { errorType } = await refused(stranger.agentSessions.attach('any').execute(message('echo Hello')));
    assert.equal(errorType, 'authentication_error');
  }
});

test('files cannot be uploaded, and that is said', async () => {
  const { id } = await begin(agents[0]);
  await assert.rejects(octavus.files.getUploadUrls(id, [{ filename: 'a.txt', mediaType: 'text/plain', size: 1 }]),
    { name: 'ApiError', status: 404 });
  assert.equal(text(await (await begin(agents[0])).say('echo Hello')), 'Hello');
});
