import type { EventOf } from "../api/model";
import { base, type Draft } from "./draft";

export function foldPermission(d: Draft, e: EventOf<"permission.requested">): void {
  const key = `permission:${e.data.permission_id}`;
  d.asked.add(key);
  d.put({ ...base(e, key), kind: "permission", id: e.data.permission_id, action: e.data.action, metadata: e.data.metadata ?? {} });
}

export function resolvePermission(d: Draft, e: EventOf<"permission.resolved">): void {
  const key = `permission:${e.data.permission_id}`;
  d.asked.delete(key);
  d.change("permission", key, { answer: e.data.status });
}

export function foldQuestion(d: Draft, e: EventOf<"question.requested">): void {
  const key = `question:${e.data.question_id}`;
  const { prompt, options } = e.data;
  const plain = { question: prompt, header: "", options: options.map((label) => ({ label, description: "" })), multi_select: false };
  d.asked.add(key);
  d.put({ ...base(e, key), kind: "question", id: e.data.question_id, questions: e.data.questions ?? [plain], answers: [] });
}

export function resolveQuestion(d: Draft, e: EventOf<"question.resolved">): void {
  const key = `question:${e.data.question_id}`;
  d.asked.delete(key);
  const first = e.data.response === null ? [] : [e.data.response];
  d.change("question", key, { status: e.data.status, answers: e.data.answers ?? [first] });
}

/** The call that a client executes has an item of its own in most sessions, which then waits. */
export function foldToolRequest(d: Draft, e: EventOf<"tool.requested">): void {
  const key = `call:${e.data.tool_call_id}`;
  d.asked.add(key);
  const input = JSON.stringify(e.data.arguments);
  const item = d.get("tool", `item:${e.data.item_id}`) ?? d.get("tool", key);
  if (item) {
    d.put({ ...item, input, waits: true });
    d.alias(key, item.key);
    return;
  }
  d.put({
    ...base(e, key), kind: "tool", name: e.data.name, title: "", input, output: "", parts: [], state: "in_progress", waits: true, nested: false,
  });
}

export function resolveTool(d: Draft, e: EventOf<"tool.resolved">): void {
  const key = `call:${e.data.tool_call_id}`;
  d.asked.delete(key);
  const completed = e.data.status === "completed";
  const output = completed ? shown(e.data.result) : (e.data.error ?? e.data.status);
  d.change("tool", key, { waits: false, output, state: completed ? "completed" : "failed" });
}

function shown(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result, null, 2);
}
