import { InferwayError, type Middleware } from '@inferway/core';
import { limit } from '@inferway/core/limits';
import { expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { as, bench, question } from './limit-helpers.js';

test('one call is counted by a hundred limits, and by no more', async () => {
  const { client } = bench((store) => [
    limit({ store, rules: [{ name: 'r', per: 'tag', concurrency: 1 }] }),
  ]);
  const tags = Array.from({ length: 101 }, (_none, index) => `tag ${index}`);
  await client.chat(question, { state: as({ tags: tags.slice(1) }) });
  // A tag that is said twice is one.
  await client.chat(question, { state: as({ tags: [...tags.slice(1), ...tags.slice(1)] }) });
  expect(await errorOf(client.chat(question, { state: as({ tags }) }))).toMatchObject({
    code: 'invalid_request',
    sent: 'no',
  });
});

test('what fails further in before an attempt takes nothing, unless the caller asked for what is not there', async () => {
  const codes = { authentication: 2, configuration: 2, not_found: 1, invalid_request: 1 } as const;
  for (const [code, passed] of Object.entries(codes)) {
    const fails: Middleware = () =>
      Promise.reject(new InferwayError(code as keyof typeof codes, { message: 'test' }));
    const { client } = bench((store) => [
      limit({ store, rules: [{ name: 'r', windowMs: 60_000, requests: 1 }] }),
      fails,
    ]);
    const seen = [await errorOf(client.chat(question)), await errorOf(client.chat(question))];
    expect([code, seen.filter((error) => error.code === code).length]).toEqual([code, passed]);
  }
});

test('users whose names are long, or hold half a character, are counted apart', async () => {
  const { client } = bench((store) => [
    limit({ store, rules: [{ name: 'r', per: 'user', windowMs: 60_000, requests: 1 }] }),
  ]);
  const long = 'u'.repeat(300);
  const users = [
    '\ud800',
    '\ud801',
    `${long}\ud800`,
    `${long}\ud801`,
    `${long}1`,
    `${long}2`,
    '|',
    '%7C',
    '__proto__',
    '',
  ];
  for (const user of users) await client.chat(question, { state: as({ user }) });
  for (const user of users) {
    expect(await errorOf(client.chat(question, { state: as({ user }) }))).toMatchObject({
      code: 'rate_limit',
    });
  }
});
