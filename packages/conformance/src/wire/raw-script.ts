import { jsonAnswer } from './wire-answer.js';
import type { WireScript } from './wire-script.js';

/** Raw calls: JSON out, JSON in, in nobody's protocol. */
export const rawScript: WireScript<'raw'> = {
  name: 'raw',
  operation: 'raw',
  unary: ({ result: { status, json } }) => [jsonAnswer(json, status)],
  error: ({ message }) => ({ error: { message } }),
  silent: ['usage'],
  typed: true,
};
