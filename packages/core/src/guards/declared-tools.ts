import { messageToolCalls } from '../operations/message-text.js';
import { guardHook, type GuardHook } from './guard-hook.js';

/**
 * Denies answers that call a tool which the request did not declare, or whose arguments are no JSON object, before an application can run it.
 * Nothing that a model says is ever run or evaluated here.
 */
export function declaredTools(name = 'declared-tools'): GuardHook {
  return guardHook('chat', {
    name,
    after(result, call) {
      const declared = new Set(
        (call.request.tools ?? []).flatMap((tool) => (tool.type === 'provider' ? [] : [tool.name])),
      );
      for (const choice of [result, ...(result.alternatives ?? [])]) {
        for (const toolCall of messageToolCalls(choice.message)) {
          if (!declared.has(toolCall.name))
            return { verdict: 'deny', reason: 'It calls a tool that the request did not declare.' };
          if (!isObjectText(toolCall.arguments))
            return { verdict: 'deny', reason: 'The arguments of a tool call are no JSON object.' };
        }
      }
      return undefined;
    },
  });
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
