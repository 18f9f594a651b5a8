import { useChat } from '@ai-sdk/react';
import { DefaultChatTransport, type UIMessage, lastAssistantMessageIsCompleteWithToolCalls } from 'ai';
import { type SubmitEvent, useState } from 'react';
import { Message } from './message';
import { agent, another, api, input, interrupt, reason, session } from './session';
import { asksUser, execute } from './tools';

const transport = new DefaultChatTransport({
  api: `${api}/chat`,
  // The server keeps the conversation: it needs the last message only.
  prepareSendMessagesRequest: ({ messages, trigger, messageId }) => ({
    body: { agentId: agent, input, trigger, messageId, messages: messages.slice(-1) },
  }),
});

export function Chat({ said }: { said: UIMessage[] }) {
  const chat = useChat({
    id: session,
    messages: said,
    resume: said.length > 0,
    transport,
    onToolCall: ({ toolCall }) => {
      if (!asksUser(toolCall.toolName)) void execute(toolCall).then(chat.addToolOutput);
    },
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
  });
  const busy = chat.status === 'submitted' || chat.status === 'streaming';
  const last = chat.messages.at(-1);
  return (
    <>
      <header>
        <h1>{agent}</h1>
        <a href={another}>New chat</a>
      </header>
      <div className="scroll" tabIndex={0} role="log" aria-label="Conversation" aria-busy={busy}>
        <div>
          {chat.messages.map((message) => (
            <Message
              key={message.id}
              message={message}
              answer={message === last && !busy
                ? ({ toolName: tool, toolCallId }, output) => void chat.addToolOutput({ tool, toolCallId, output })
                : undefined}
            />
          ))}
          {chat.error && <p role="alert">{reason(chat.error)}</p>}
        </div>
      </div>
      <Composer
        busy={busy}
        send={(text) => void chat.sendMessage({ text })}
        stop={() => void interrupt().finally(chat.stop)}
      />
    </>
  );
}

function Composer({ busy, send, stop }: { busy: boolean; send: (text: string) => void; stop: () => void }) {
  const [text, setText] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !text.trim()) return;
    send(text);
    setText('');
  };
  return (
    <form onSubmit={submit}>
      <input aria-label="Message" autoFocus value={text} onChange={(event) => setText(event.target.value)} />
      {busy ? <button type="button" onClick={stop}>Stop</button> : <button>Send</button>}
    </form>
  );
}
