import { describe, expect, test } from "vitest";
import type { Event, Item } from "../api/model";
import type { Entry } from "./entry";
import { empty, fold, statusOf } from "./fold";

/** Makes a log of events that are given by type and data. */
function logOf(...events: [string, object][]): Event[] {
  return events.map(([type, data], i) => ({
    event_id: `evt_1_${i + 1}`, sequence: i + 1, time: new Date(1_700_000_000_000 + i * 1000).toISOString(), session_id: "s",
    native_session_id: null, synthetic: false, source: "agent", turn_id: "turn_1", type, data, raw: null,
  })) as unknown as Event[];
}

function item(id: string, fields: Partial<Item>): { item: Item } {
  return { item: { item_id: id, native_item_id: null, parent_id: null, kind: "message", role: "assistant", content: [], status: "completed", ...fields } };
}

const delta = (id: string, text: string, part?: string) => ({ item_id: id, native_item_id: null, delta: text, part });
const text = (words: string) => ({ type: "text" as const, text: words });
const call = { type: "tool_call" as const, name: "Bash", arguments: '{"command":"ls"}', call_id: "c1" };
const result = { type: "tool_result" as const, call_id: "c1", output: "a.txt" };
const permission = { permission_id: "p", action: "Bash", status: "requested", metadata: null };
const question = { question_id: "q", prompt: "Colour?", options: ["Red"], response: null, status: "requested" };

const conversation = logOf(
  ["session.started", { metadata: {} }],
  ["turn.started", { phase: "started" }],
  ["item.completed", item("u", { role: "user", content: [text("hi")] })],
  ["item.started", item("a", { status: "in_progress", content: [text("soon")] })],
  ["item.delta", delta("a", "thinking", "reasoning")],
  ["item.delta", delta("a", "Hel")],
  ["item.delta", delta("a", "lo")],
  ["item.completed", item("a", { content: [text("Hello.")] })],
  ["item.started", item("t", { kind: "tool_call", status: "in_progress", content: [{ ...call, arguments: "{}" }] })],
  ["item.delta", delta("t", '{"command":"ls"}', "tool_input")],
  ["permission.requested", permission],
  ["permission.resolved", { ...permission, status: "accept" }],
  ["item.completed", item("t", { kind: "tool_call", content: [call] })],
  ["item.started", item("r", { kind: "tool_result", role: "tool", status: "in_progress", parent_id: "t" })],
  ["item.completed", item("r", { kind: "tool_result", role: "tool", content: [{ ...result, output: "a.txt\nb.txt" }] })],
  ["question.requested", question],
  ["question.resolved", { ...question, response: "Red", status: "answered" }],
  ["message.queued", { message: "more", attachments: [], position: 1 }],
  ["usage.updated", { input_tokens: 7, output_tokens: 3 }],
  ["of.tomorrow", { anything: true }],
  ["turn.ended", { phase: "ended", status: "completed" }],
);

function find<K extends Entry["kind"]>(log: Event[], kind: K): Extract<Entry, { kind: K }> {
  return fold(empty, log).entries.find((e): e is Extract<Entry, { kind: K }> => e.kind === kind)!;
}

describe("fold", () => {
  test("gives the same in pieces as in one", () => {
    const whole = fold(empty, conversation);
    for (let cut = 0; cut <= conversation.length; cut++) {
      expect(fold(fold(empty, conversation.slice(0, cut)), conversation.slice(cut))).toEqual(whole);
    }
  });

  test("leaves a transcript as it was", () => {
    const before = fold(empty, conversation.slice(0, 5));
    const copy = structuredClone(before);
    fold(before, conversation.slice(5));
    expect(before).toEqual(copy);
  });

  test("keeps entries that did not change", () => {
    const before = fold(empty, conversation.slice(0, 8));
    const after = fold(before, conversation.slice(8));
    expect(before.entries.length).toBeGreaterThan(2);
    before.entries.forEach((e, i) => expect(after.entries[i]).toBe(e));
  });

  test("shows what is written until the item is completed", () => {
    const writing = fold(empty, conversation.slice(0, 7)).entries.at(-1);
    expect(writing).toMatchObject({ text: "Hello", reasoning: "thinking", state: "in_progress" });
    const done = fold(empty, conversation.slice(0, 8)).entries.at(-1);
    expect(done).toMatchObject({ text: "", reasoning: "", parts: [text("Hello.")], state: "completed" });
  });

  test("joins a call with its result", () => {
    expect(find(conversation, "tool")).toMatchObject({ name: "Bash", input: '{"command":"ls"}', output: "a.txt\nb.txt", state: "completed" });
    expect(fold(empty, conversation).entries.filter((e) => e.kind === "tool")).toHaveLength(1);
  });

  test("shows a result without a call", () => {
    const log = logOf(["item.completed", item("r", { kind: "tool_result", role: "tool", content: [result] })]);
    expect(find(log, "tool")).toMatchObject({ name: "Tool result", output: "a.txt" });
  });

  test("says what a turn took", () => {
    expect(find(conversation, "turn")).toMatchObject({ status: "completed", milliseconds: 19_000, usage: { input_tokens: 7 } });
  });
});

describe("requests", () => {
  test("wait until they are answered", () => {
    expect(statusOf(fold(empty, conversation.slice(0, 11)))).toBe("waiting");
    expect(find(conversation.slice(0, 11), "permission").answer).toBeUndefined();
    expect(find(conversation, "permission").answer).toBe("accept");
    expect(find(conversation, "question")).toMatchObject({ status: "answered", answers: [["Red"]], questions: [{ question: "Colour?" }] });
  });

  test("of tools for clients wait in their call", () => {
    const request = { tool_call_id: "c1", name: "Bash", arguments: { command: "ls" }, source: "llm", item_id: "t" };
    const log = logOf(
      ["item.completed", item("t", { kind: "tool_call", content: [call] })],
      ["tool.requested", request],
      ["tool.resolved", { tool_call_id: "c1", name: "Bash", status: "failed", result: null, error: "no" }],
    );
    expect(fold(empty, log.slice(0, 2)).entries).toMatchObject([{ waits: true }]);
    expect(statusOf(fold(empty, log.slice(0, 2)))).toBe("waiting");
    expect(fold(empty, log).entries).toMatchObject([{ waits: false, output: "no", state: "failed" }]);
  });
});

describe("status", () => {
  test("follows the log", () => {
    expect(statusOf(empty)).toBe("idle");
    expect(statusOf(fold(empty, conversation.slice(0, 2)))).toBe("running");
    const end = (reason: string) => logOf(["session.ended", { reason, terminated_by: "agent" }]);
    expect(statusOf(fold(empty, end("completed")))).toBe("idle");
    expect(statusOf(fold(empty, end("terminated")))).toBe("ended");
    expect(statusOf(fold(empty, logOf(["message.queued", { message: "x", attachments: [], position: 1 }])))).toBe("queued");
  });
});
