import { asked, json } from '@inferway/provider-kit/testing';
import { expect, it } from 'vitest';
import { createTgi } from '../src/index.js';

const completion = { generated_text: 'Hi' };
const provider = (baseUrl: string): ReturnType<typeof createTgi> => createTgi({ baseUrl });

it('Limits of a proxy in front of the server are told', async () => {
  const headers = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-tokens': '900' };
  const { answer } = await asked(
    (_, response) => json(response, 200, completion, headers),
    provider,
    (client) => client.complete({ model: 'tgi/m', prompt: 'Say' }),
  );
  expect(answer.text).toBe('Hi');
  expect(answer.meta.rateLimit).toMatchObject({
    requests: { limit: 60 },
    tokens: { remaining: 900 },
  });
});
