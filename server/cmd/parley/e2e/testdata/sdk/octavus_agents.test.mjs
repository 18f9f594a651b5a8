import assert from 'node:assert/strict';
import { test } from 'node:test';
import { http, octavus } from './server.mjs';
import { all, message, text } from './octavus.mjs';

const greeter = {
  settings: { slug: 'greeter', name: 'Greeter', format: 'interactive' },
  protocol: `input:
  MODEL: { type: string, optional: true, default: anthropic/scripted-large }
triggers:
  user-message:
    input:
      USER_MESSAGE: { type: string }
agent:
  model: MODEL
  system: system
handlers:
  user-message:
    Add:
      block: add-message
      role: user
      prompt: said
      input: [USER_MESSAGE]
    Greet:
      block: next-message
`,
  prompts: [{ name: 'system', content: 'Greet.' }, { name: 'said', content: '{{USER_MESSAGE}}' }],
};

test('agents are listed, those with a program and those of files', async () => {
  const list = await octavus.agents.list();
  const desk = list.find((a) => a.slug === 'desk');
  assert.equal(desk.name, 'Desk');
  assert.equal(desk.description, 'Answers, looks up and hands over');
  assert.equal(list.find((a) => a.id === 'mock').description, null);
});

test('an agent is given as it stands in its files', async () => {
  const { settings, protocol, prompts } = await octavus.agents.get('support-agent');
  assert.equal(settings.slug, 'support-agent');
  assert.match(protocol, /^ {2}find-order:$/m);
  assert.deepEqual(prompts.map((p) => p.name).sort(),
    ['handed-over', 'summary/judge', 'summary/sum-up', 'summary/system', 'system', 'user-message']);
});

test('an unknown agent is an error of the SDK', async () => {
  await assert.rejects(octavus.agents.get('nobody'),
    { name: 'ApiError', status: 404, code: 'agent_not_found', message: 'agent not found: nobody' });
});

test('an agent that is created is validated, listed, given and answers', async () => {
  const { body: report } = await http('POST', '/api/agents/validate', greeter);
  assert.deepEqual(report, { valid: true, errors: [], warnings: [] });
  const { status, body: created } = await http('POST', '/api/agents', greeter);
  assert.equal(status, 200);
  assert.deepEqual(await octavus.agents.get(created.agentId).then(({ id, ...given }) => given),
    { ...greeter, prompts: greeter.prompts.toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
  assert.ok((await octavus.agents.list()).some((a) => a.id === created.agentId));
  const id = await octavus.agentSessions.create(created.agentId);
  assert.equal(text(await all(octavus.agentSessions.attach(id).execute(message('say Welcome')))), 'Welcome');
});

test('what is wrong with an agent is said, and it is not created', async () => {
  const broken = structuredClone(greeter);
  broken.settings.slug = 'broken';
  broken.protocol = broken.protocol.replace('block: next-message', 'block: dance');
  const { body: report } = await http('POST', '/api/agents/validate', broken);
  assert.equal(report.valid, false);
  assert.equal(report.errors[0].severity, 'error');
  assert.match(report.errors[0].message, /dance/);
  assert.equal((await http('POST', '/api/agents', broken)).status, 400);
  await assert.rejects(octavus.agents.get('broken'), { status: 404 });
});
