import { formatRoute } from "../state/route";
import { pending, titleOf, waiting } from "../state/sessions";
import { safe } from "../text/safe";

interface Line {
  key: string;
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
          <li key={l.key}>
            <a href={formatRoute({ session: l.session, tab: "transcript" })} title={l.kind}>
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
    ...questions.map((p) => line(p, "Question", p.question.prompt)),
    ...permissions.map((p) => line(p, "Permission", p.permission.action)),
    ...(tools ?? []).map((p) => line(p, "Waits for a client", p.tool.name)),
  ];
  return all.sort((a, b) => Date.parse(a.requestedAt) - Date.parse(b.requestedAt)).slice(0, 50);
}

function line(p: { sessionId: string; sequence: number; requestedAt: string }, kind: string, text: string): Line {
  return { key: `${p.sessionId} ${p.sequence}`, session: p.sessionId, kind, text, requestedAt: p.requestedAt };
}
