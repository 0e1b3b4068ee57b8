import type { ErrorCode } from '../../error-code.js';
import type { InferwayError } from '../../error.js';

/** Failures after which the work may be done, unless the provider refused it (4xx) or was never reached. All others are refusals. */
const AFTER_THE_FACT: ReadonlySet<ErrorCode> = new Set([
  'server',
  'timeout',
  'connection',
  'protocol',
  'empty_response',
  'stream_interrupted',
  'aborted',
  'too_large',
  'internal',
]);

/**
 * Whether the provider may have begun the work: where the same call is sent again, it would perhaps be done twice. Wider than what may be billed
 * (`maybeBilled`): a provider that breaks with a 500 does not bill it, and may have run a tool by then.
 */
export function mayHaveRun({ code, status, sent, phase }: InferwayError): boolean {
  // The model ran: it wrote what could not be read.
  if (code === 'tool_use_failed') return true;
  if (sent === 'no' || phase === 'connect') return false;
  // Also a refusal: of the file that was made, say, and is gone (404).
  if (sent === 'maybe') return true;
  if (!AFTER_THE_FACT.has(code)) return false;
  return status === undefined || status < 400 || status >= 500;
}
