import assert from 'node:assert/strict';
import { test } from './browser.mjs';

const agent = (page) => page.getByRole('article', { name: 'Agent' }).last();
const answer = (page) => agent(page).getByRole('paragraph');
const you = (page) => page.getByRole('article', { name: 'You' }).last();
const call = (page, name) => agent(page).getByRole('region', { name: `Tool ${name}` });
const button = (page, name) => page.getByRole('button', { name });

// shows waits for text within something.
const shows = (where, text) => where.getByText(text).waitFor();

async function say(page, text) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await button(page, 'Send').click();
}

test('a message is answered', async (page) => {
  await say(page, 'echo hello world');
  await shows(you(page), 'echo hello world');
  await shows(agent(page), 'hello world');
  await say(page, 'think twice');
  await shows(agent(page).getByRole('group'), 'twice');
  await button(page, 'Send').waitFor();
  await say(page, 'count');
  await shows(agent(page), 'count=3');
});

test('the page executes a tool, and the agent goes on with what it gave', async (page) => {
  await say(page, 'call tool get-time {}');
  await shows(call(page, 'get-time'), 'Pacific/Auckland');
  await shows(answer(page), /^\{"time":.*"zone":"Pacific\/Auckland"\}$/);
}, { timezoneId: 'Pacific/Auckland' });

test('a tool that the page lacks is an error, which the agent hears of', async (page) => {
  await say(page, 'call tool get-weather {"city":"Bern"}');
  await shows(answer(page), 'no such tool in this page: get-weather');
});

for (const [choice, confirmed] of [['Yes', true], ['No', false]]) {
  test(`the user says ${choice}, also after a reload`, async (page) => {
    await say(page, 'call tools get-time {}; confirm {"question":"Really?"}');
    await shows(call(page, 'confirm'), 'Really?');
    await button(page, choice).waitFor();
    await page.reload();
    await shows(you(page), 'call tools');
    await button(page, choice).click();
    await shows(answer(page), `; {"confirmed":${confirmed}}`);
    assert.equal(await button(page, choice).count(), 0);
  });
}

test('tools are answered one after the other, with a reload in between', async (page) => {
  await say(page, 'chain get-time {}; confirm {}');
  await button(page, 'Yes').waitFor();
  const time = await call(page, 'get-time').getByText('"zone"').textContent();
  await page.reload();
  await button(page, 'Yes').click();
  await shows(answer(page), `${time}; {"confirmed":true}`);
  assert.equal(await page.getByRole('article').count(), 2);
});

test('a question that is left alone is none any more', async (page) => {
  await say(page, 'call tool confirm {}');
  await button(page, 'Yes').waitFor();
  await say(page, 'count');
  await shows(agent(page), 'count=2');
  assert.equal(await button(page, 'Yes').count(), 0);
});

test('a reload in the middle of a turn takes it up again', async (page) => {
  const ticks = new RegExp(`^\\s*(tick\\s*){30}$`);
  await say(page, 'slow 30');
  await shows(agent(page), /^tick /);
  await page.reload();
  await button(page, 'Stop').waitFor();
  await shows(agent(page), ticks);
  await button(page, 'Send').waitFor();
  await page.reload();
  await shows(you(page), 'slow 30');
  await shows(agent(page), ticks);
  assert.equal(await page.getByRole('article').count(), 2);
});

for (const reloaded of [false, true]) {
  test(`a turn is stopped${reloaded ? ', also after a reload' : ''}`, async (page) => {
    await say(page, 'slow 10000');
    await shows(agent(page), /^tick /);
    if (reloaded) await page.reload();
    await button(page, 'Stop').click();
    await button(page, 'Send').waitFor();
    await shows(agent(page), /^tick /);
    await say(page, 'count'); // which is refused while a turn runs
    await shows(agent(page), 'count=2');
  });
}

test('what goes wrong is said, and the chat goes on', async (page) => {
  await say(page, 'fail');
  await shows(page.getByRole('alert'), 'Mock agent failed');
  await say(page, 'echo all is well');
  await shows(agent(page), 'all is well');
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('what is refused is said', async (page) => {
  await say(page, 'hello');
  await shows(page.getByRole('alert'), 'agent not found: nobody');
}, { path: '?agent=nobody' });

test('another chat begins anew', async (page) => {
  await say(page, 'echo one');
  await shows(agent(page), 'one');
  await page.getByRole('link', { name: 'New chat' }).click();
  await page.getByRole('article').first().waitFor({ state: 'detached' });
  await say(page, 'count');
  await shows(agent(page), 'count=1');
});
