import { foldChat, messageToolCalls } from '@inferway/core';
import { expect, it } from 'vitest';
import { openaiChat } from '../src/index.js';
import { decodeStream, wireOf } from './decode-stream.js';

it('A stream of nothing but tool calls ends with an error instead of costing ever more', () => {
  const call = (index: number): object => ({
    id: 'c1',
    choices: [
      {
        index: 0,
        delta: {
          tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '{}' } }],
        },
      },
    ],
  });
  const chunks = Array.from({ length: 2001 }, (_, index) => call(index));
  const { events, error } = decodeStream(openaiChat, wireOf(chunks));
  expect(error).toMatchObject({ code: 'protocol' });
  const fold = foldChat();
  for (const event of events) fold.add(event);
  expect(messageToolCalls(fold.result().message).length).toBeGreaterThanOrEqual(1999);
});
