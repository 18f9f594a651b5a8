import type { IncomingMessage } from 'node:http';

import { defineConfig } from 'vite';

const { PARLEY_SERVER = 'http://127.0.0.1:2468', PARLEY_TOKEN } = process.env;

// The page asks the server that it came from, and this hands it on: no CORS, and no token in the page.
const parley = {
  target: PARLEY_SERVER,
  // A page of somebody else's is not answered: the token is added for whoever asks.
  bypass: ({ headers: { origin, host } }: IncomingMessage) => (!origin || origin.endsWith(`//${host}`) ? undefined : false),
  headers: PARLEY_TOKEN ? { Authorization: `Bearer ${PARLEY_TOKEN}` } : undefined,
};

export default defineConfig({ server: { proxy: { '/api/': parley, '/v1/': parley } } });
