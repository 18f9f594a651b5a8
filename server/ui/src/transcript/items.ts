import type { ContentPart, EventOf, Item } from "../api/model";
import { base, type Draft } from "./draft";

type ItemEvent = EventOf<"item.started"> | EventOf<"item.completed">;
type ToolCall = Extract<ContentPart, { type: "tool_call" }>;
type ToolResult = Extract<ContentPart, { type: "tool_result" }>;

/** Adds an item, or what became of it. */
export function foldItem(d: Draft, e: ItemEvent): void {
  const { item } = e.data;
  switch (item.kind) {
    case "tool_call":
      return foldCall(d, e, item);
    case "tool_result":
      return foldResult(d, e, item);
    case "status":
      return foldStatus(d, e, item);
    default:
      return foldMessage(d, e, item);
  }
}

function keyOf(item: Item): string {
  return `item:${item.item_id}`;
}

function foldMessage(d: Draft, e: ItemEvent, item: Item): void {
  const key = keyOf(item);
  const role = item.role === "user" || item.role === "system" ? item.role : "assistant";
  d.put({
    ...base(e, key),
    ...d.get("message", key),
    kind: "message",
    role: item.kind === "system" ? "system" : role,
    parts: item.content,
    state: e.type === "item.completed" && item.status === "in_progress" ? "completed" : item.status,
    note: noteOf(item),
    nested: item.parent_id !== null,
    text: "",
    reasoning: "",
  });
}

function noteOf(item: Item): string {
  const audience = item.audience === "model" ? "for the model only" : item.audience === "people" ? "for people only" : "";
  const kind = item.kind === "unknown" ? "of unknown kind" : "";
  return [item.sender?.name, item.thread && `thread ${item.thread}`, kind, audience].filter(Boolean).join(", ");
}

function foldCall(d: Draft, e: ItemEvent, item: Item): void {
  const key = keyOf(item);
  const call = item.content.find((p): p is ToolCall => p.type === "tool_call");
  const old = d.get("tool", key) ?? d.get("tool", `call:${call?.call_id}`);
  d.put({
    ...base(e, old?.key ?? key),
    kind: "tool",
    output: "",
    waits: false,
    ...old,
    name: call?.name ?? old?.name ?? "Tool",
    title: call?.title ?? "",
    input: call?.arguments ?? old?.input ?? "",
    parts: item.content.filter((p) => p.type !== "tool_call"),
    state: item.status,
    nested: item.parent_id !== null,
  });
  if (call) d.alias(`call:${call.call_id}`, old?.key ?? key);
}

/** A result belongs to its call, which its parent is while it is empty; one whose call was never seen is shown by itself. */
function foldResult(d: Draft, e: ItemEvent, item: Item): void {
  const result = item.content.find((p): p is ToolResult => p.type === "tool_result");
  const call = d.get("tool", `call:${result?.call_id}`) ?? d.get("tool", `item:${item.parent_id}`);
  const parts = item.content.filter((p) => p.type !== "tool_result");
  const output = result?.output ?? "";
  if (call) {
    d.put({ ...call, output, parts, state: item.status });
    d.alias(keyOf(item), call.key);
    return;
  }
  const old = d.get("tool", keyOf(item));
  d.put({
    ...base(e, keyOf(item)), kind: "tool", name: "Tool result", title: "", input: "", waits: false, nested: false,
    ...old, output, parts, state: item.status,
  });
}

function foldStatus(d: Draft, e: ItemEvent, item: Item): void {
  const part = item.content.find((p) => p.type === "status");
  const rest = item.content.filter((p) => p.type !== "status");
  const text = rest.map((p) => (p.type === "text" ? p.text : "")).join("");
  d.put({
    ...base(e, keyOf(item)),
    kind: "note",
    tone: item.status === "failed" ? "warning" : "plain",
    label: part?.label ?? "Status",
    detail: part?.detail ?? text,
    data: rest.find((p) => p.type === "json")?.json,
  });
}

/** Adds what an item says now. Deltas are shown until the item is completed, whose content then counts. */
export function foldDelta(d: Draft, e: EventOf<"item.delta">): void {
  const key = `item:${e.data.item_id}`;
  const tool = d.get("tool", key);
  if (tool) {
    if (e.data.part === "tool_input") d.put({ ...tool, input: (tool.input === "{}" ? "" : tool.input) + e.data.delta });
    else d.put({ ...tool, output: tool.output + e.data.delta });
    return;
  }
  const message = d.get("message", key);
  if (!message) return;
  if (e.data.part === "reasoning") d.put({ ...message, reasoning: message.reasoning + e.data.delta });
  else d.put({ ...message, text: message.text + e.data.delta });
}
