import { useState } from "preact/hooks";
import type { PermissionReply, PermissionStatus } from "../api/model";
import { replyPermission } from "../state/actions";
import type { Permission } from "../transcript/entry";
import { exact } from "../text/safe";
import { Cut } from "./PlainText";

const answers: Record<PermissionStatus, string> = { accept: "allowed once", accept_for_session: "always allowed", reject: "rejected" };
const replies: [PermissionReply, string, string][] = [["once", "Allow once", "primary"], ["always", "Always allow", ""], ["reject", "Reject", ""]];

/** A permission that the agent asks for, or what became of it. */
export function PermissionView({ session, permission: p }: { session: string; permission: Permission }) {
  const [busy, setBusy] = useState(false);
  const reply = async (r: PermissionReply) => {
    setBusy(true);
    await replyPermission(session, p.id, r);
    setBusy(false);
  };
  return (
    <section class="request" id={p.key} tabIndex={-1} data-open={!p.answer} aria-label={`Permission ${exact(p.action)}`}>
      <h3>Permission: <bdi>{exact(p.action)}</bdi> {p.answer && <span class="state">{answers[p.answer]}</span>}</h3>
      <Metadata fields={p.metadata} />
      {!p.answer && (
        <div class="choices">
          {replies.map(([r, words, look]) => (
            <button key={r} class={look} disabled={busy} onClick={() => void reply(r)}>{words}</button>
          ))}
        </div>
      )}
    </section>
  );
}

/** What the user decides on, with nothing left out: what cannot be seen cannot be agreed to. */
function Metadata({ fields }: { fields: Record<string, unknown> }) {
  return (
    <dl class="fields">
      {flat(fields).map(([name, value]) => (
        <div key={name}>
          <dt><bdi>{exact(name)}</bdi></dt>
          <dd><Cut text={wordsOf(value)}>{(shown) => <pre dir="ltr">{exact(shown)}</pre>}</Cut></dd>
        </div>
      ))}
    </dl>
  );
}

/** Fields, those of a tool's input one by one. */
function flat(fields: Record<string, unknown>): [string, unknown][] {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== "")
    .flatMap(([name, value]) => (name === "input" && isObject(value) ? Object.entries(value) : [[name, value] as [string, unknown]]));
}

function wordsOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
