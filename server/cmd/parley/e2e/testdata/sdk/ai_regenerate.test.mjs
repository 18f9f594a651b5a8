import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agents, octavus } from './server.mjs';
import { create, open, text, versions } from './ai.mjs';

const [mock, desk] = agents;

for (const sdk of versions) {
  test(`ai ${sdk.version}: the last answer is given again`, async () => {
    const id = await create(desk);
    const chat = open(sdk, id);
    await chat.sendMessage({ text: 'say One' });
    await chat.sendMessage({ text: 'say Two' });
    const before = chat.lastMessage.id;
    await chat.regenerate();
    assert.equal(chat.status, 'ready', chat.error?.message);
    assert.deepEqual(chat.messages.map(text), ['say One', 'One', 'say Two', 'Two']);
    assert.notEqual(chat.lastMessage.id, before);
    const { messages } = await octavus.agentSessions.getMessages(id);
    assert.deepEqual(messages.map(text), ['say One', 'One', 'say Two', 'Two']);
    assert.equal(messages.at(-1).id, chat.lastMessage.id);
  });

  test(`ai ${sdk.version}: an earlier answer is given again, and what came after it is gone`, async () => {
    const id = await create(desk);
    const chat = open(sdk, id);
    for (const word of ['One', 'Two', 'Three']) await chat.sendMessage({ text: `say ${word}` });
    await chat.regenerate({ messageId: chat.messages[1].id });
    assert.deepEqual(chat.messages.map(text), ['say One', 'One']);
    await chat.sendMessage({ text: 'say Four' });
    const { messages } = await octavus.agentSessions.getMessages(id);
    assert.deepEqual(messages.map(text), ['say One', 'One', 'say Four', 'Four']);
  });

  test(`ai ${sdk.version}: an agent that cannot forget refuses to answer again`, async () => {
    const chat = open(sdk, await create(mock));
    await chat.sendMessage({ text: 'echo One' });
    await chat.regenerate();
    assert.equal(chat.status, 'error');
    assert.match(JSON.parse(chat.error.message).detail, /agent mock cannot take back/);
  });
}
