import type { ChatRequest } from '@inferway/core';
import type { JsonBody } from '../json-body.js';
import type { EncodeContext } from './encode-context.js';

const REMOVED = 'The model or API version takes no sampling settings: it was left out.';
const WITH_THINKING =
  'With thinking the API takes no "temperature" but 1, no "top_k", and "top_p" from 0.95.';

/** `temperature` (0 to 1 here), `top_p` and `top_k`, as far as version, model and thinking allow them. */
export function encodeSampling(
  body: JsonBody,
  request: ChatRequest,
  thinks: boolean,
  context: EncodeContext,
): void {
  const { temperature, topP, topK } = request;
  if (temperature === undefined && topP === undefined && topK === undefined) return;
  const takes = context.rules.sampling;
  const allowed = takes === true || (takes !== false && context.version === '2023-06-01');
  const write = (field: string, setting: string, value: number, withThinking: boolean): void => {
    if (!allowed) context.warn('unsupported', setting, `${setting}: ${REMOVED}`);
    else if (thinks && !withThinking)
      context.warn('unsupported', setting, `${setting}: ${WITH_THINKING}`);
    else body[field] = value;
  };
  if (temperature !== undefined) {
    if (temperature > 1 && allowed)
      context.warn('changed', 'temperature', 'Temperatures end at 1 here: 1 is sent.');
    write('temperature', 'temperature', Math.min(temperature, 1), temperature === 1);
  }
  if (topP !== undefined) {
    if (takes === 'one' && body.temperature !== undefined)
      context.warn('unsupported', 'topP', 'The model takes "temperature" or "topP", not both.');
    else write('top_p', 'topP', topP, topP >= 0.95);
  }
  if (topK !== undefined) write('top_k', 'topK', topK, false);
}
