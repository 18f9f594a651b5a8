// Messages as the server keeps them, and as useChat wants them.
import type { DynamicToolUIPart, UIMessage } from 'ai';

export type Said = { id: string; role: 'user' | 'assistant'; parts: SaidPart[] };

type SaidPart =
  | { type: 'text' | 'reasoning'; text?: string; thread?: string }
  | SaidCall
  | { type: 'operation' | 'file' | 'source' | 'object' };

type SaidCall = {
  type: 'tool-call';
  status: 'pending' | 'running' | 'done' | 'error';
  toolCallId: string;
  toolName: string;
  args?: unknown;
  result?: unknown;
  error?: string;
};

export function messageOf({ id, role, parts }: Said): UIMessage {
  return { id, role, parts: parts.flatMap(partOf) };
}

function partOf(part: SaidPart): UIMessage['parts'] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.thread ? [] : [{ type: part.type, text: part.text ?? '' }];
    case 'tool-call':
      return [callOf(part)];
    default:
      return []; // this page does not show it
  }
}

function callOf({ status, toolCallId, toolName, args, result, error }: SaidCall): DynamicToolUIPart {
  const call = { type: 'dynamic-tool', toolCallId, toolName, input: args } as const;
  switch (status) {
    case 'done':
      return { ...call, state: 'output-available', output: result ?? null };
    case 'error':
      return { ...call, state: 'output-error', errorText: error ?? '' };
    default:
      return { ...call, state: 'input-available' };
  }
}
