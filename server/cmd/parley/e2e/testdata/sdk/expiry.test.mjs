import assert from 'node:assert/strict';
import { test } from 'node:test';
import { octavus } from './server.mjs';

// This server's sessions expire as soon as they are left alone.
test('a session that is left alone expires, and is restored', async () => {
  const id = await octavus.agentSessions.create('mock');
  let state;
  do state = await octavus.agentSessions.get(id); while (state.status !== 'expired');
  assert.deepEqual([state.sessionId, state.agentId], [id, 'mock']);
  assert.ok(Date.parse(state.createdAt));
  assert.equal((await octavus.agentSessions.getMessages(id)).status, 'expired');
  assert.deepEqual(await octavus.agentSessions.restore(id, []), { sessionId: id, restored: true });
});
