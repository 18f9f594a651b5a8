import type { Event } from "../api/model";

const known = new WeakMap<Event, string>();

/** An event as one line of JSON. */
export function jsonOf(e: Event): string {
  let json = known.get(e);
  if (json === undefined) {
    json = JSON.stringify(e);
    known.set(e, json);
  }
  return json;
}

/** What matters of an event, in a few words. */
export function summaryOf(e: Event): string {
  switch (e.type) {
    case "item.delta":
      return JSON.stringify(e.data.delta.slice(0, 200));
    case "item.started":
    case "item.completed":
      return `${e.data.item.kind} ${e.data.item.role ?? ""} ${e.data.item.item_id} ${e.data.item.status}`;
    case "permission.requested":
    case "permission.resolved":
      return `${e.data.action} ${e.data.status}`;
    case "question.requested":
    case "question.resolved":
      return `${e.data.prompt} ${e.data.status}`;
    case "turn.started":
    case "turn.ended":
      return `${e.turn_id ?? ""} ${e.type === "turn.ended" ? (e.data.status ?? "") : ""}`;
    default:
      return JSON.stringify(e.data).slice(0, 200);
  }
}
