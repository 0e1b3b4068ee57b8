import { expect, test } from 'vitest';
import { HOSTED_PROFILES } from '../../src/start/hosted-profiles.js';
import { LOCAL_ENGINES } from '../../src/start/local-engines.js';
import { ask } from '../support/ask.js';
import { startStack } from '../support/start-stack.js';

const messages = [{ role: 'user', content: 'Describe Paris.' }];

test('names are taken once, and every hosted provider is reached by TLS', () => {
  const names = [...HOSTED_PROFILES, ...LOCAL_ENGINES].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { baseUrl, keyVariable } of HOSTED_PROFILES) {
    expect(baseUrl).toMatch(/^https:\/\/[\w./-]+[^/]$/u);
    expect(keyVariable).toMatch(/^[A-Z_]+$/u);
  }
});

test.each([
  [
    'together',
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { type: 'object' } },
      },
    },
    { response_format: { type: 'json_schema', schema: { type: 'object' } } },
  ],
  ['fireworks', { reasoning_effort: 'minimal' }, { reasoning_effort: 'low' }],
  ['groq', { max_tokens: 9 }, { max_completion_tokens: 9 }],
] as const)('%s gets what it takes, in its own protocol', async (name, sent, received) => {
  const { url, calls } = await startStack({}, {}, [name]);
  const answer = await ask(url, { body: { model: `${name}/sim-chat`, messages, ...sent } });
  expect(answer.status).toBe(200);
  expect(calls().at(-1)).toMatchObject({ protocol: name, body: received });
});

test('what Groq does not honour is not sent, and told', async () => {
  const { url, calls } = await startStack({}, {}, ['groq']);
  const answer = await ask(url, {
    body: { model: 'groq/sim-chat', messages, n: 2, logprobs: true },
  });
  expect(answer.status).toBe(200);
  expect(calls().at(-1)?.body).not.toHaveProperty('n');
  expect(answer.headers['x-inferway-warnings']).toContain('choices');
});
