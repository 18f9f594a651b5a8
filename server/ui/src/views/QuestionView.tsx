import { useState } from "preact/hooks";
import type { QuestionDetail } from "../api/model";
import { rejectQuestion, replyQuestion } from "../state/actions";
import type { Question } from "../transcript/entry";
import { exact, safe } from "../text/safe";

/** Questions that the agent asks at once, or what was answered. */
export function QuestionView({ session, question: q }: { session: string; question: Question }) {
  if (q.status) return <Answered question={q} />;
  return <Form session={session} question={q} />;
}

function Form({ session, question: q }: { session: string; question: Question }) {
  const [answers, setAnswers] = useState<string[][]>(q.questions.map(() => []));
  const [busy, setBusy] = useState(false);
  const set = (i: number, to: string[]) => setAnswers(answers.map((a, k) => (k === i ? to : a)));
  const reply = async (send: () => Promise<boolean>) => {
    setBusy(true);
    await send();
    setBusy(false);
  };
  const isReady = answers.every((a) => a.length > 0);
  return (
    <section class="request" id={q.key} tabIndex={-1} data-open aria-label="Question">
      {q.questions.map((one, i) => <Choice key={i} name={`${q.key}.${i}`} question={one} answer={answers[i]!} onChange={(to) => set(i, to)} />)}
      <div class="choices">
        <button class="primary" disabled={busy || !isReady} onClick={() => void reply(() => replyQuestion(session, q.id, answers))}>
          Answer
        </button>
        <button disabled={busy} onClick={() => void reply(() => rejectQuestion(session, q.id))}>Do not answer</button>
      </div>
    </section>
  );
}

interface ChoiceProps {
  name: string;
  question: QuestionDetail;
  answer: string[];
  onChange: (answer: string[]) => void;
}

/** One question: its options, and room for an answer that is none of them. */
function Choice({ name, question, answer, onChange }: ChoiceProps) {
  const many = question.multi_select;
  const labels = question.options.map((o) => o.label);
  const own = answer.find((a) => !labels.includes(a)) ?? "";
  const chosen = answer.filter((a) => labels.includes(a));
  const pick = (label: string, on: boolean) => {
    if (!many) return onChange([label]);
    onChange([...chosen.filter((a) => a !== label), ...(on ? [label] : []), ...(own ? [own] : [])]);
  };
  const write = (text: string) => onChange([...(many ? chosen : []), ...(text ? [text] : [])]);
  return (
    <fieldset>
      <legend><bdi>{exact(question.question)}</bdi> {many && <span class="faint">several may be chosen</span>}</legend>
      {question.options.map((o) => (
        <label key={o.label} class="option">
          <input type={many ? "checkbox" : "radio"} name={name} checked={answer.includes(o.label)}
            onChange={(e) => pick(o.label, e.currentTarget.checked)} />
          <bdi>{exact(o.label)}</bdi>
          {o.description && <bdi class="faint">{exact(o.description)}</bdi>}
        </label>
      ))}
      <input type="text" placeholder={labels.length > 0 ? "Another answer" : "Answer"} aria-label="Another answer" value={own}
        onInput={(e) => write(e.currentTarget.value)} />
    </fieldset>
  );
}

function Answered({ question: q }: { question: Question }) {
  return (
    <section class="request" aria-label="Question">
      {q.questions.map((one, i) => (
        <p key={i}>
          <bdi>{safe(one.question)}</bdi>{" "}
          <bdi class="state">{q.status === "rejected" ? "not answered" : safe((q.answers[i] ?? []).join(", ")) || "not answered"}</bdi>
        </p>
      ))}
    </section>
  );
}
