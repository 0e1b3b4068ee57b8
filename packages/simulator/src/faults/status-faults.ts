import type { Problem } from '../protocols/voice.js';
import type { Fault } from './fault.js';

/** Refusals with the body and headers of the protocol, and with a status that the protocol itself may not use. */
export const STATUS_FAULTS: readonly Fault[] = [
  refusal('rate-limit', 'Rate limit reached (429) with retry-after', {
    kind: 'rate-limit',
    model: 'the model',
    state: undefined,
    retryAfterMs: 1000,
  }),
  refusal('quota', 'Quota or spend limit exhausted, in the protocol’s own words', {
    kind: 'quota',
  }),
  refusal('overloaded', 'No capacity, in the protocol’s own status (503 or 529)', {
    kind: 'overloaded',
  }),
  status(400),
  status(401),
  status(402),
  status(403),
  status(404),
  status(408),
  status(409),
  status(413),
  status(422),
  status(425),
  status(429, { 'retry-after': '1' }),
  status(500),
  status(501),
  status(502),
  status(503, { 'retry-after': '1' }),
  status(504),
  status(529),
];

function refusal(id: string, title: string, problem: Problem): Fault {
  return { id, title, replace: ({ voice, requestId }) => voice.refuse(problem, requestId) };
}

function status(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  const extra = Object.keys(headers).length > 0 ? ' with retry-after' : '';
  return {
    id: `status-${code}`,
    title: `Status ${code}${extra}, body in the protocol’s shape`,
    replace: ({ voice, requestId }) => ({
      ...voice.refuse({ kind: 'status', status: code }, requestId),
      headers,
    }),
  };
}
