import type { WireVariant } from '../wire-variant.js';

/** The frame of one chunk. */
export const chunk = (body: object): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', ...body })}\n\n`;

/** A chunk of the first choice. */
export const delta = (member: object, more: object = {}): string =>
  chunk({ choices: [{ index: 0, delta: member, finish_reason: null, ...more }] });

export const finish = (reason: string): string => delta({}, { finish_reason: reason });

export const DONE = 'data: [DONE]\n\n';

/** A whole completion's body. */
export const completion = (message: object, more: object = {}): string =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, ...message },
        finish_reason: 'stop',
      },
    ],
    ...more,
  });

export type ChatVariant = WireVariant<'chat'>;
