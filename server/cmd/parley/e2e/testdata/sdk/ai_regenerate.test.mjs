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

  // Whether a page sends all of its messages or the last one only.
  for (const prepareSendMessagesRequest of [undefined, ({ messages, ...body }) => ({ body: { ...body, messages: messages.slice(-1) } })]) {
    test(`ai ${sdk.version}: a message is said in another's place, and answered again, ${prepareSendMessagesRequest ? 'alone' : 'with all'}`, async () => {
      const id = await create(desk);
      const chat = open(sdk, id, { prepareSendMessagesRequest });
      for (const word of ['One', 'Two', 'Three']) await chat.sendMessage({ text: `say ${word}` });
      await chat.sendMessage({ text: 'say Deux', messageId: chat.messages[2].id });
      assert.equal(chat.status, 'ready', chat.error?.message);
      await chat.regenerate();
      await chat.regenerate({ messageId: chat.messages[2].id });
      const said = ['say One', 'One', 'say Deux', 'Deux'];
      assert.deepEqual(chat.messages.map(text), said);
      const { messages } = await octavus.agentSessions.getMessages(id);
      assert.deepEqual(messages.map(text), said);
    });
  }

  test(`ai ${sdk.version}: a page that was loaded again says something else in a message's place`, async () => {
    const id = await create(desk);
    const first = open(sdk, id);
    for (const word of ['One', 'Two']) await first.sendMessage({ text: `say ${word}` });
    const { messages: kept } = await octavus.agentSessions.getMessages(id);
    const chat = open(sdk, id, { messages: kept });
    await chat.sendMessage({ text: 'say Un', messageId: kept[0].id });
    await chat.sendMessage({ text: 'say Uno', messageId: kept[0].id });
    assert.deepEqual(chat.messages.map(text), ['say Uno', 'Uno']);
    const { messages } = await octavus.agentSessions.getMessages(id);
    assert.deepEqual(messages.map(text), ['say Uno', 'Uno']);
  });

  test(`ai ${sdk.version}: an agent that cannot forget refuses to answer again`, async () => {
    const chat = open(sdk, await create(mock));
    await chat.sendMessage({ text: 'echo One' });
    await chat.regenerate();
    assert.equal(chat.status, 'error');
    assert.match(JSON.parse(chat.error.message).detail, /agent mock cannot take back/);
  });
}
