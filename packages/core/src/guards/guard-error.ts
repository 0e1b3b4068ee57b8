import { InferwayError } from '../error.js';
import type { GuardHook } from './guard-hook.js';

/** The error for what a hook denied. It is never retried, and no other target is asked. */
export function denied(hook: GuardHook, what: 'request' | 'answer', reason: string): InferwayError {
  return new InferwayError('content_filter', {
    message: `The guard "${hook.name}" denied the ${what}: ${reason}`,
    providerCode: `guard:${hook.name}`,
    ...(what === 'request' ? { sent: 'no' as const } : {}),
  });
}
