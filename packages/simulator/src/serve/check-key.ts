import { tenantOf } from '../bill/tenant.js';
import type { Exchange } from '../http/exchange.js';
import type { Problem, Voice } from '../protocols/voice.js';
import type { SimulatorContext } from './context.js';

/** Looks at the key; undefined where it is good. */
export function checkKey(
  voice: Voice,
  context: SimulatorContext,
  exchange: Exchange,
): Problem | undefined {
  const key = voice.credential(exchange.request.headers);
  if (key === undefined || key === '') return { kind: 'missing-key' };
  exchange.record.tenant = tenantOf(key);
  if (context.keys !== undefined && !context.keys.includes(key)) return { kind: 'wrong-key', key };
  return undefined;
}
