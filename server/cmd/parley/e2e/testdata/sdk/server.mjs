// The server under test, and what its agents are told.
import { OctavusClient } from '@octavus/server-sdk';

export const url = process.env.PARLEY_URL;
export const token = process.env.PARLEY_TOKEN;
export const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

// octavus is the SDK, pointed at the server.
export const octavus = new OctavusClient({ baseUrl: url, apiKey: token });

// http is a request that the SDK does not make. What it answers is JSON, or nothing.
export async function http(method, path, body) {
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

// ended waits until the first turn of a session ends, and is its end.
export async function ended(session) {
  const left = new AbortController();
  const response = await fetch(`${url}/v1/sessions/${session}/events/sse`, { headers, signal: left.signal });
  let read = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    read += piece;
    const lines = read.split('\n');
    read = lines.pop();
    const end = lines.filter((l) => l.startsWith('data: ')).map((l) => JSON.parse(l.slice(6))).find((e) => e.type === 'turn.ended');
    if (!end) continue;
    left.abort();
    return end.data;
  }
  throw new Error('the log has ended');
}

// list is what a tool's calls are written as in a script.
const list = (calls, between) => calls.map(([name, args]) => `${name} ${JSON.stringify(args)}`).join(between);

// agents are one without a model, and one that is declared in files and whose model does what it is told.
export const agents = [
  {
    id: 'mock', input: { COMPANY: 'Acme' }, resources: {},
    kept: (time) => time, // its tools are shown whole
    say: (text) => `echo ${text}`,
    think: (text) => `think ${text}`,
    call: (...calls) => `call tools ${list(calls, '; ')}`,
    chain: (...calls) => `chain ${list(calls, '; ')}`,
    fail: 'fail', failure: 'Mock agent failed, as the trigger asked for.',
    ticks: 'slow 1000',
  },
  {
    id: 'desk', input: { COMPANY_NAME: 'Acme' }, resources: { NOTES: '', LIMITS: { days: 30 } },
    kept: () => undefined, // of get-time people see what it is called with
    say: (text) => `say ${text}`,
    think: (text) => `think ${text}\nsay ${text}`,
    call: (...calls) => `tool ${list(calls, '\nand tool ')}`,
    chain: (...calls) => `tool ${list(calls, '\ntool ')}`,
    fail: 'error 400 The model is out.', failure: 'The model is out.',
    ticks: 'slow 1000 100',
  },
];
