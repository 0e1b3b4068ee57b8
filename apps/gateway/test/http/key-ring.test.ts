import { expect, test } from 'vitest';
import { createKeyRing } from '../../src/http/key-ring.js';

const ring = createKeyRing([
  { id: 'main', secret: 'iw_0123456789abcdef' },
  { id: 'team', secret: 'iw_fedcba9876543210' },
]);

test('a key is found as bearer token, in any letter case of the scheme, and as x-api-key', () => {
  expect(ring.identify({ authorization: 'Bearer iw_0123456789abcdef' })?.key).toBe('main');
  expect(ring.identify({ authorization: 'bearer  iw_fedcba9876543210 ' })?.key).toBe('team');
  expect(ring.identify({ 'x-api-key': 'iw_fedcba9876543210' })?.key).toBe('team');
});

test('x-api-key wins where both are sent, also when it is the wrong one', () => {
  const authorization = 'Bearer iw_0123456789abcdef';
  expect(ring.identify({ authorization, 'x-api-key': 'iw_fedcba9876543210' })?.key).toBe('team');
  expect(ring.identify({ authorization, 'x-api-key': 'wrong' })).toBeUndefined();
});

test.each([
  {},
  { authorization: '' },
  { authorization: 'Bearer ' },
  { authorization: 'Bearer' },
  { authorization: 'Basic iw_0123456789abcdef' },
  { authorization: 'iw_0123456789abcdef' },
  { authorization: 'Bearer iw_0123456789abcde' },
  { authorization: 'Bearer iw_0123456789abcdef0' },
  { authorization: 'Bearer iw_0123456789abcdef\0' },
  { authorization: `Bearer ${'x'.repeat(100_000)}` },
  { authorization: "Bearer ' OR 1=1 --" },
])('%j lets nobody in', (headers) => {
  expect(ring.identify(headers)).toBeUndefined();
});

test('a ring without keys lets nobody in', () => {
  expect(createKeyRing([]).identify({ authorization: 'Bearer x' })).toBeUndefined();
});

test('a key that cannot travel in a header, is empty or too long is refused by its id alone', () => {
  for (const secret of ['', 'canary key', 'canary\n', 'canary-ü', `canary${'x'.repeat(250)}`]) {
    const make = (): unknown => createKeyRing([{ id: 'mine', secret }]);
    expect(make).toThrow('"mine"');
    expect(make).not.toThrow('canary');
  }
});

test('a key of the longest length lets in, and one of a character more does not', () => {
  const secret = 'x'.repeat(254);
  const longest = createKeyRing([{ id: 'long', secret }]);
  expect(longest.identify({ authorization: `Bearer ${secret}` })?.key).toBe('long');
  expect(longest.identify({ authorization: `Bearer ${secret}x` })).toBeUndefined();
  expect(longest.identify({ authorization: `Bearer ${secret.slice(1)}` })).toBeUndefined();
});

test('each key is a tenant of its own unless it says otherwise, and one object stands for all of its calls', () => {
  const identified = createKeyRing([
    { id: 'a', secret: 'key-a' },
    { id: 'b', secret: 'key-b', tenant: 'acme', team: 'search', tags: ['beta'] },
  ]);
  expect(identified.identify({ 'x-api-key': 'key-a' })).toEqual({ tenant: 'a', key: 'a' });
  const caller = identified.identify({ 'x-api-key': 'key-b' });
  expect(caller).toEqual({ tenant: 'acme', key: 'b', team: 'search', tags: ['beta'] });
  expect(identified.identify({ authorization: 'Bearer key-b' })).toBe(caller);
  expect(Object.isFrozen(caller)).toBe(true);
});
