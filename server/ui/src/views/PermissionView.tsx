import { useState } from "preact/hooks";
import type { PermissionReply, PermissionStatus } from "../api/model";
import { replyPermission } from "../state/actions";
import type { Permission } from "../transcript/entry";
import { type Facts, factsOf } from "../text/request";
import { exact } from "../text/safe";
import { Diff } from "./FileView";
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
      <FactsView facts={factsOf(p.metadata)} />
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
function FactsView({ facts }: { facts: Facts }) {
  return (
    <>
      {facts.changes.map((c, i) => (
        <div key={i} class="change">
          <bdi class="path">{exact(c.path)}</bdi>
          <Diff diff={c.diff} write={exact} />
        </div>
      ))}
      <FieldList fields={facts.shown} />
      {facts.folded.length > 0 && <details class="folded"><summary>More</summary><FieldList fields={facts.folded} /></details>}
    </>
  );
}

function FieldList({ fields }: { fields: [string, unknown][] }) {
  if (fields.length === 0) return null;
  return (
    <dl class="fields">
      {fields.map(([name, value], i) => (
        <div key={i}>
          <dt><bdi>{exact(name)}</bdi></dt>
          <dd><Cut text={wordsOf(value)}>{(shown) => <pre dir="ltr">{exact(shown)}</pre>}</Cut></dd>
        </div>
      ))}
    </dl>
  );
}

function wordsOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
