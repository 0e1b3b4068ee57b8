import { expect, test } from 'vitest';
import { byArea } from '../src/profile/by-area.js';

const node = (id: number, functionName: string, url: string): object => ({
  id,
  callFrame: { functionName, url },
});

test('self time is summed by area, without sleep and warm-up', () => {
  const profile = {
    nodes: [
      node(1, '(idle)', ''),
      node(2, 'decode', 'file:///x/packages/wire/dist/index.js'),
      node(3, 'send', 'file:///x/packages/providers/openai/dist/index.js'),
      node(4, 'writev', ''),
      node(5, '(garbage collector)', ''),
      node(6, 'end', 'node:_http_outgoing'),
    ],
    samples: [2, 1, 2, 3, 4, 5, 6, 2],
    timeDeltas: [10, 10, 1, 2, 3, 4, 5, 6],
  } as unknown as Parameters<typeof byArea>[0];
  expect(byArea(profile, 0.3)).toEqual([
    ['@inferway/wire', 7],
    ['node:http', 5],
    ['garbage collection', 4],
    ['writing to sockets (system calls)', 3],
    ['@inferway/openai', 2],
  ]);
});
