import { formatRoute, wanted } from "../state/route";
import { pending, titleOf, waiting } from "../state/sessions";
import { safe } from "../text/safe";

interface Line {
  key: string; // of the entry, in its session's transcript
  session: string;
  kind: string;
  text: string;
  requestedAt: string;
}

/** What waits for an answer in all sessions, with a way to each. */
export function Waiting() {
  if (waiting.value === 0) return null;
  return (
    <section class="waiting" aria-label="Waiting for an answer">
      <h2>Waiting <span class="count">{waiting.value}</span></h2>
      <ul>
        {lines().map((l) => (
          <li key={`${l.session} ${l.key}`}>
            <a href={formatRoute({ session: l.session, tab: "transcript" })} onClick={() => (wanted.value = l.key)}>
              <span class="kind">{l.kind}</span>
              <bdi>{safe(l.text)}</bdi>
              <bdi class="faint">{safe(titleOf(l.session))}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The oldest first: it waits the longest. */
function lines(): Line[] {
  const { questions, permissions, tools } = pending.value;
  const all = [
    ...questions.map((p) => line(p, "Question", `question:${p.question.question_id}`, p.question.prompt)),
    ...permissions.map((p) => line(p, "Permission", `permission:${p.permission.permission_id}`, p.permission.action)),
    ...(tools ?? []).map((p) => line(p, "Waits for a client", `call:${p.tool.tool_call_id}`, p.tool.name)),
  ];
  return all.sort((a, b) => Date.parse(a.requestedAt) - Date.parse(b.requestedAt)).slice(0, 50);
}

function line(p: { sessionId: string; requestedAt: string }, kind: string, key: string, text: string): Line {
  return { key, session: p.sessionId, kind, text, requestedAt: p.requestedAt };
}
