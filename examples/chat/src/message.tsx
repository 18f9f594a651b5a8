import { type DynamicToolUIPart, type UIMessage, isReasoningUIPart, isTextUIPart } from 'ai';
import { asksUser } from './tools';

type Answer = (call: DynamicToolUIPart, output: unknown) => void;

// Message shows a message. With answer, the user can answer what it asks.
export function Message({ message, answer }: { message: UIMessage; answer?: Answer }) {
  return (
    <article className={message.role} aria-label={message.role === 'user' ? 'You' : 'Agent'}>
      {message.parts.map((part, i) => <Part key={i} part={part} answer={answer} />)}
    </article>
  );
}

function Part({ part, answer }: { part: UIMessage['parts'][number]; answer?: Answer }) {
  if (isTextUIPart(part)) return <p>{part.text}</p>;
  if (isReasoningUIPart(part)) {
    return (
      <details open>
        <summary>Reasoning</summary>
        <p>{part.text}</p>
      </details>
    );
  }
  return part.type === 'dynamic-tool' ? <Call call={part} answer={answer} /> : null; // steps, blocks and resources are not shown
}

function Call({ call, answer }: { call: DynamicToolUIPart; answer?: Answer }) {
  const asks = answer && call.state === 'input-available' && asksUser(call.toolName);
  return (
    <section className="call" aria-label={`Tool ${call.toolName}`}>
      <code>{call.toolName} {JSON.stringify(call.input)}</code>
      {call.state === 'output-available' && <output>{JSON.stringify(call.output)}</output>}
      {call.state === 'output-error' && <output className="fault">{call.errorText}</output>}
      {asks && (
        <div className="answers">
          <button type="button" onClick={() => answer(call, { confirmed: true })}>Yes</button>
          <button type="button" onClick={() => answer(call, { confirmed: false })}>No</button>
        </div>
      )}
    </section>
  );
}
