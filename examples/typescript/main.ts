// Follows a session: sends a message, prints what happens, and asks you what the agent asks.
// It finds the server by PARLEY_SERVER and PARLEY_TOKEN.
//
//	node main.js [agent [message]]
import { createInterface } from "node:readline";
import { EventSourceParserStream } from "eventsource-parser/stream";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Event = components["schemas"]["Event"];

const token = process.env["PARLEY_TOKEN"];
const parley = createClient<paths>({
  baseUrl: process.env["PARLEY_SERVER"] ?? "http://127.0.0.1:2468",
  headers: token ? { Authorization: `Bearer ${token}` } : {},
});
parley.use({
  async onResponse({ response }) {
    if (!response.ok) throw new Error(((await response.json()) as components["schemas"]["Problem"]).detail);
  },
});

const [agent = "mock", message = "permission"] = process.argv.slice(2);
const session_id = `typescript-${Date.now()}`;
const you = createInterface({ input: process.stdin });
const lines = you[Symbol.asyncIterator]();

await parley.POST("/v1/sessions/{session_id}", { params: { path: { session_id } }, body: { agent } });
await parley.POST("/v1/sessions/{session_id}/messages", { params: { path: { session_id } }, body: { message } });
for await (const event of follow()) await handle(event);
you.close();

// follow yields the session's events from the first to its end. After a cut, the header Last-Event-ID goes on where it was.
async function* follow(): AsyncGenerator<Event> {
  const { data } = await parley.GET("/v1/sessions/{session_id}/events/sse", {
    params: { path: { session_id } },
    parseAs: "stream",
  });
  const frames = data?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const frame of frames ?? []) yield JSON.parse(frame.data) as Event;
}

async function handle(event: Event) {
  switch (event.type) {
    case "item.delta":
      process.stdout.write(event.data.delta);
      break;
    case "permission.requested": {
      const { permission_id, action, metadata } = event.data;
      const answer = await ask(`\n${action} ${JSON.stringify(metadata)}\nAllow? [y]es, [a]lways, [n]o: `);
      await parley.POST("/v1/sessions/{session_id}/permissions/{permission_id}/reply", {
        params: { path: { session_id, permission_id } },
        body: { reply: answer === "y" ? "once" : answer === "a" ? "always" : "reject" },
      });
      break;
    }
    case "permission.resolved":
      console.log(`${event.data.action}: ${event.data.status}`);
      break;
    case "question.requested": {
      const { question_id, prompt, options } = event.data;
      const answer = await ask(`\n${prompt} (${options.join(", ")})\nYour answer: `);
      await parley.POST("/v1/sessions/{session_id}/questions/{question_id}/reply", {
        params: { path: { session_id, question_id } },
        body: { answers: [[answer]] },
      });
      break;
    }
    case "turn.ended":
      console.log(`\nThe turn is ${event.data.status}.`);
      await parley.POST("/v1/sessions/{session_id}/terminate", { params: { path: { session_id } } });
  }
}

// ask takes a line of yours; without one the answer is empty.
async function ask(prompt: string): Promise<string> {
  process.stdout.write(prompt);
  return (await lines.next()).value ?? "";
}
