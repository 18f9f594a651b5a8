// Reads turns from standard input with the real SDKs, and says what they do not take or read otherwise.
// A turn is {name, legs, chunks, results, answered, displays, replaced, message, messages, chat}: the responses in both forms, what each
// tool gives by its name, how many responses a client asks for, how much is shown of calls, and the messages as they are read
// later.
import { OctavusChat } from '@octavus/client-sdk';
import { chatMessageSchema, safeParseStreamEvent, safeParseUIMessages } from '@octavus/core';
import { OctavusClient } from '@octavus/server-sdk';
import * as ai5 from 'ai5';
import * as ai7 from 'ai7';
import { z } from 'zod';

let input = '';
for await (const piece of process.stdin) input += piece;

const faults = [];
for (const turn of JSON.parse(input)) {
  const fault = (what) => faults.push(`${turn.name}: ${what}`);
  try {
    strict(turn, fault);
    await octavus(turn, fault);
    await aiSDK('ai 5', ai5, turn, fault);
    await aiSDK('ai 7', ai7, turn, fault);
  } catch (err) {
    fault(err.stack);
  }
}
for (const f of faults) console.log(f);
process.exit(faults.length ? 1 : 0);

// strict holds every event and every message against the SDK's own schemas.
function strict({ legs, messages, chat }, fault) {
  for (const line of legs.join('').split('\n').filter((l) => l.startsWith('data: {'))) {
    if (!safeParseStreamEvent(JSON.parse(line.slice(6))).success) fault(`dropped: ${line}`);
  }
  const ui = safeParseUIMessages(messages);
  if (!ui.success) fault(`messages: ${ui.error}`);
  const full = z.array(chatMessageSchema).safeParse(chat);
  if (!full.success) fault(`full state: ${full.error}`);
}

// octavus reads the responses with the server SDK, which runs the tools, and builds a message of that with the client SDK.
async function octavus({ legs, results, answered, displays, replaced, message }, fault) {
  if (answered < legs.length) return; // it always answers
  const calls = structuredClone(results);
  const tools = Object.fromEntries(
    Object.keys(results).map((name) => [name, async () => give(calls[name].shift())]),
  );
  const responses = [...legs];
  const fetched = globalThis.fetch;
  globalThis.fetch = async () => sse(responses.shift());
  try {
    const session = new OctavusClient({ baseUrl: 'http://localhost' }).agentSessions.attach('s', { tools });
    const chat = new OctavusChat({
      transport: { trigger: (triggerName) => session.execute({ type: 'trigger', triggerName }), stop() {} },
    });
    await chat.send('user-message');
    if (responses.length) fault(`octavus asked for ${legs.length - responses.length} responses`);
    compare('octavus', plain(kept(chat.messages.at(-1)?.parts ?? [], displays, replaced)), plain(message?.parts ?? []), fault);
  } finally {
    globalThis.fetch = fetched;
  }
}

// kept leaves out the results and the structured output that are not kept.
function kept(parts, displays, replaced) {
  return parts.filter((part) => !replaced.includes(part.id)).map((part) => (displays[part.toolCallId] ?? 'stream') === 'stream' ? part : { ...part, result: undefined });
}

// plain leaves out what is not there, and a client's own reading of text that is not whole.
function plain(parts) {
  return parts.map(({ partial, ...part }) => {
    if (part.type === 'object' && part.status === 'error') part.error = 'not JSON';
    return JSON.parse(JSON.stringify(part, Object.keys(flat(part)).sort()));
  });
}

function flat(value, keys = {}) {
  if (value && typeof value === 'object') {
    for (const [k, v] of Object.entries(value)) {
      keys[k] = true;
      flat(v, keys);
    }
  }
  return keys;
}

// aiSDK reads the responses as useChat does: it executes what it is asked for, and goes on by itself.
async function aiSDK(version, ai, { chunks, results, answered, displays, message, failed }, fault) {
  const calls = structuredClone(results);
  const responses = [...chunks];
  const transport = new ai.DefaultChatTransport({ fetch: async () => sse(responses.shift()) });
  const errors = [];
  const waits = [];
  class Chat extends ai.AbstractChat {}
  const chat = new Chat({
    state: state(),
    transport,
    onError: (err) => errors.push(err.message),
    sendAutomaticallyWhen: ai.lastAssistantMessageIsCompleteWithToolCalls,
    onToolCall: ({ toolCall }) => {
      const result = (calls[toolCall.toolName] ?? []).shift();
      if (!result) return fault(`${version}: onToolCall heard of ${toolCall.toolName}, which nobody asked for`);
      if (result.cancelled) return;
      const out = { tool: toolCall.toolName, toolCallId: toolCall.toolCallId };
      waits.push(chat.addToolOutput(
        result.error ? { ...out, state: 'output-error', errorText: result.error } : { ...out, output: result.result ?? null }));
    },
  });
  await chat.sendMessage({ text: 'Go' });
  for (let i = 0; i < waits.length; i++) await waits[i];
  while (chat.status === 'submitted' || chat.status === 'streaming') await new Promise((done) => setImmediate(done));
  if (responses.length !== chunks.length - answered) fault(`${version} asked for ${chunks.length - responses.length} responses`);
  if (errors.join() !== (failed ?? '')) fault(`${version} failed with ${errors.join()}`);
  const parts = message?.parts ?? [];
  if (answered < chunks.length || parts.some((p) => p.type === 'object')) return; // objects are text there
  const shown = new Set(parts.map((p) => p.toolCallId));
  compare(version, asShown(said(chat.messages.at(-1), shown), displays), asShown(expected(parts), displays), fault);
}

function state() {
  return {
    status: 'ready', error: undefined, messages: [],
    pushMessage(m) { this.messages = this.messages.concat(m); },
    popMessage() { this.messages = this.messages.slice(0, -1); },
    replaceMessage(i, m) { this.messages = [...this.messages.slice(0, i), this.snapshot(m), ...this.messages.slice(i + 1)]; },
    snapshot: (m) => structuredClone(m),
  };
}

// asShown leaves out the results that are not kept, and the arguments of calls of which only the name is shown: who is asked
// for such a call gets them all the same.
function asShown(message, displays) {
  const tools = message.tools.map(([id, name, args, result]) => {
    const display = displays[id] ?? 'stream';
    return [id, name, ['name', 'title'].includes(display) ? {} : args, display === 'stream' ? result : null];
  });
  return { ...message, tools };
}

// said is what an AI SDK message has, in our words. Texts are one: a text that goes on in another response is another part.
function said(m, shown) {
  const out = { text: '', reasoning: '', tools: [], files: [] };
  for (const p of m?.role === 'assistant' ? m.parts : []) {
    if (p.type === 'text' || p.type === 'reasoning') out[p.type] += p.text;
    if (p.type === 'dynamic-tool' && shown.has(p.toolCallId)) {
      out.tools.push([p.toolCallId, p.toolName, p.input, p.output ?? p.errorText ?? null]);
    }
    if (p.type === 'file') out.files.push(p.url);
  }
  return out;
}

// expected is the same of a message of ours. Other threads have no text.
function expected(parts) {
  const out = { text: '', reasoning: '', tools: [], files: [] };
  for (const p of parts) {
    if (p.type === 'tool-call') out.tools.push([p.toolCallId, p.toolName, p.args, p.result ?? p.error ?? null]);
    if ((p.type === 'text' || p.type === 'reasoning') && !p.thread) out[p.type] += p.text;
    if (p.type === 'file') out.files.push(p.url);
  }
  return out;
}

function compare(who, got, want, fault) {
  if (JSON.stringify(got) !== JSON.stringify(want)) fault(`${who} has\n  ${JSON.stringify(got)}\nthe message is\n  ${JSON.stringify(want)}`);
}

function sse(text) {
  if (text === undefined) throw new Error('one response too many was asked for');
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
}

function give(result) {
  if (result.error) throw new Error(result.error);
  return result.result;
}
