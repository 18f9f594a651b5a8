import { signal } from "@preact/signals";
import { api, newKey, ok } from "../api/client";
import type { Attachment, CreateSession, PermissionReply } from "../api/model";
import { wordsOf } from "../api/problem";
import { open } from "./open";
import { refresh } from "./sessions";

/** Why the last action failed; empty = it did not, or the user has read it. */
export const failure = signal("");

/** Does what the user asked for. It reports whether that worked; why it did not is shown. */
async function act(call: () => Promise<unknown>): Promise<boolean> {
  failure.value = "";
  try {
    await call();
    void refresh();
    return true;
  } catch (thrown) {
    failure.value = wordsOf(thrown);
    return false;
  }
}

export interface Draft {
  message: string;
  attachments: Attachment[];
}

/** Sends a message. With the key that it was sent with before it is the same one, should its answer have been lost. */
export function sendMessage(session: string, body: Draft, key: string): Promise<boolean> {
  const params = { path: { session_id: session }, header: { "Idempotency-Key": key } };
  return act(() => ok(api.POST("/v1/sessions/{session_id}/messages", { params, body })));
}

export function interrupt(session: string): Promise<boolean> {
  return act(() => ok(api.POST("/v1/sessions/{session_id}/interrupt", { params: { path: { session_id: session } } })));
}

export function terminate(session: string): Promise<boolean> {
  return act(async () => {
    await ok(api.POST("/v1/sessions/{session_id}/terminate", { params: { path: { session_id: session } } }));
    await open.peek()?.refresh();
  });
}

export function replyPermission(session: string, id: string, reply: PermissionReply): Promise<boolean> {
  const params = { path: { session_id: session, permission_id: id }, header: { "Idempotency-Key": newKey() } };
  return act(() => ok(api.POST("/v1/sessions/{session_id}/permissions/{permission_id}/reply", { params, body: { reply } })));
}

export function replyQuestion(session: string, id: string, answers: string[][]): Promise<boolean> {
  const params = { path: { session_id: session, question_id: id }, header: { "Idempotency-Key": newKey() } };
  return act(() => ok(api.POST("/v1/sessions/{session_id}/questions/{question_id}/reply", { params, body: { answers } })));
}

export function rejectQuestion(session: string, id: string): Promise<boolean> {
  const params = { path: { session_id: session, question_id: id }, header: { "Idempotency-Key": newKey() } };
  return act(() => ok(api.POST("/v1/sessions/{session_id}/questions/{question_id}/reject", { params })));
}

/** Creates a session; throws a Problem where that is refused. */
export async function createSession(id: string, body: CreateSession): Promise<void> {
  await ok(api.POST("/v1/sessions/{session_id}", { params: { path: { session_id: id } }, body }));
  void refresh();
}
