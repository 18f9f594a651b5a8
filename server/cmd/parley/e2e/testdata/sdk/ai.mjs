// What tests of Vercel's AI SDK have in common: its versions, and the chat that useChat is made of.
import * as ai5 from 'ai5';
import * as ai7 from 'ai7';
import { Chat as Chat5 } from 'react5';
import { Chat as Chat7 } from 'react7';
import { headers, octavus, url } from './server.mjs';

export const versions = [{ version: 5, ai: ai5, Chat: Chat5 }, { version: 7, ai: ai7, Chat: Chat7 }];

export const create = (agent) => octavus.agentSessions.create(agent.id, agent.input);

// open is a chat with a session. A tool that is in tools is executed as soon as it is called.
export function open({ ai, Chat }, session, { tools = {}, body, prepareSendMessagesRequest, ...init } = {}) {
  const api = `${url}/api/agent-sessions/${session}/chat`;
  const chat = new Chat({
    transport: new ai.DefaultChatTransport({ api, headers, body, prepareSendMessagesRequest }),
    sendAutomaticallyWhen: ai.lastAssistantMessageIsCompleteWithToolCalls,
    onToolCall: ({ toolCall: { toolName, toolCallId, input } }) => {
      if (tools[toolName]) void chat.addToolOutput({ tool: toolName, toolCallId, ...tools[toolName](input) });
    },
    ...init,
  });
  return chat;
}

// until waits for a chat to become so.
export function until(chat, is) {
  return new Promise((done) => {
    const look = () => { if (is()) done(); };
    chat['~registerMessagesCallback'](look);
    chat['~registerStatusCallback'](look);
    look();
  });
}

export const text = (message) => message.parts.filter((p) => p.type === 'text').map((p) => p.text).join('');
export const said = (chat) => (chat.lastMessage?.role === 'assistant' ? text(chat.lastMessage) : '');
export const calls = (message) => message.parts.filter((p) => p.type === 'dynamic-tool');
