import type { Call } from '../call.js';
import { InferwayError } from '../error.js';
import type { ChatResult } from '../operations/chat.js';
import type { Operation, ResultOf } from '../operations.js';

/** The call once more, with the model's answer and what is wrong with it at the end of the conversation. */
export function askAgain(call: Call, result: ResultOf<Operation>, message: string): Call {
  if (call.operation !== 'chat') {
    throw new InferwayError('configuration', {
      message: `A guard asked a model again in the operation "${call.operation}". Only a chat can go on: deny or replace the answer instead.`,
      param: 'hooks',
    });
  }
  const said = (result as ChatResult).message;
  const messages = [...call.request.messages, said, { role: 'user' as const, content: message }];
  return { ...call, request: { ...call.request, messages } };
}
