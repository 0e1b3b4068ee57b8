import { createClient, Credential, type InferwayError, type Provider } from '@inferway/core';
import {
  auth,
  env,
  fixed,
  pool,
  refreshing,
  type CredentialSource,
} from '@inferway/core/middleware';
import { fail, fakeError, fakeProvider, say, settle, stall, wait } from '@inferway/core/testing';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { messages, refusing, setUp } from './auth-set-up.js';

describe('sources', () => {
  test('each provider gets the credential of its own source, and one without a source none', async () => {
    const a = fakeProvider({ name: 'a', script: say('ok') });
    const b = fakeProvider({ name: 'b', script: say('ok') });
    const client = createClient({
      providers: [a, b],
      middleware: [auth({ a: fixed('secret-a') })],
    });
    await client.chat({ model: 'a/m', messages });
    await client.chat({ model: 'b/m', messages });
    expect(a.attempts[0]?.call.credential?.reveal()).toBe('secret-a');
    expect(b.attempts[0]?.call.credential).toBeUndefined();
  });

  test('one source serves all providers', async () => {
    const { chat, secrets } = setUp(fixed('one'));
    await chat();
    expect(secrets()).toEqual(['one']);
  });

  test('a provider named like a member of every object has no source by accident', async () => {
    const provider = fakeProvider({ name: 'constructor', script: say('ok') });
    const client = createClient({ providers: [provider], middleware: [auth({ a: fixed('x') })] });
    await client.chat({ model: 'constructor/m', messages });
    expect(provider.attempts[0]?.call.credential).toBeUndefined();
  });

  test('what is no source is refused when built', () => {
    expect(() => auth({ openai: 'sk-secret' as unknown as CredentialSource })).toThrow(
      expect.objectContaining({ code: 'configuration', param: 'openai' }),
    );
  });

  test('a source of one’s own is asked for each attempt and told of each failure', async () => {
    const told: unknown[] = [];
    const source: CredentialSource = {
      async get(call) {
        return new Credential(`key-of-${call.model.id}`, 'vault');
      },
      failed(credential, error) {
        told.push([credential.id, error.code]);
        return false;
      },
    };
    const { chat, secrets } = setUp(source, [fail('authentication')]);
    await errorOf(chat());
    expect(secrets()).toEqual(['key-of-m']);
    expect(told).toEqual([['vault', 'authentication']]);
  });

  test('the attempt carries the label of the credential, never the secret', async () => {
    const { chat } = setUp(fixed('sk-very-secret', 'main key'), [fail('server')]);
    const error = await errorOf(chat());
    expect(error.attempts).toMatchObject([{ credential: 'main key' }]);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('very-secret');
  });
});

describe('a secret that no header can carry is refused where it is loaded, and never shown (S06)', () => {
  const bad: [string, string][] = [
    ['', 'empty'],
    ['   ', 'empty'],
    ['sk-live-abc\n', 'line end'],
    ['sk-live\r\nx: y', 'line end'],
    [' sk-live-abc', 'white space'],
    ['sk-live-abc\t', 'white space'],
    ['sk-live\u0007abc', 'control'],
    ['sk-live\u0080abc', 'control'],
    ['sk-live-ключ', 'Latin-1'],
    ['sk-live-€', 'Latin-1'],
  ];
  test.each(bad)('%j', async (secret, fault) => {
    const failures: unknown[] = [];
    const attempt = (make: () => unknown): void => {
      try {
        make();
      } catch (error) {
        failures.push(error);
      }
    };
    attempt(() => fixed(secret));
    attempt(() => pool(['good', secret]));
    const read = setUp(env('KEY', { KEY: secret }));
    failures.push(await errorOf(read.chat()));
    expect(read.provider.attempts).toEqual([]);
    const loaded = setUp(refreshing(async () => ({ secret })));
    failures.push(await errorOf(loaded.chat()));
    expect(loaded.provider.attempts).toEqual([]);

    expect(failures.length).toBe(4);
    for (const error of failures as InferwayError[]) {
      if (secret === '' && error.code === 'authentication') continue; // an empty variable is a missing one
      expect(error.code).toBe('configuration');
      expect(error.message).toContain(fault);
      expect(inspect(error, { depth: 10 })).not.toContain('sk-live');
    }
  });

  test('what is no text at all is refused, too', async () => {
    expect(() => fixed(undefined as never)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
    const { chat, provider } = setUp(refreshing(async () => ({ secret: 7 as never })));
    expect((await errorOf(chat())).message).toContain('not a string');
    expect(provider.attempts).toEqual([]);
  });

  test('the sources are named', async () => {
    expect((await errorOf(setUp(env('MY_KEY', { MY_KEY: 'a\nb' })).chat())).message).toContain(
      'MY_KEY',
    );
    expect(() => pool(['good', 'a\nb'])).toThrow('key 2');
    expect(() => fixed('a\nb', 'spare')).toThrow('spare');
  });

  test('a secret of printable Latin-1 is taken', async () => {
    const { chat, secrets } = setUp(fixed('sk-ÄÖ~!+/=é'));
    await chat();
    expect(secrets()).toEqual(['sk-ÄÖ~!+/=é']);
  });
});

describe('env', () => {
  test('is read when a call needs it, and again when it changes', async () => {
    const environment: Record<string, string | undefined> = {};
    const { chat, secrets } = setUp(env('KEY', environment));
    environment['KEY'] = 'first';
    await chat();
    await chat();
    environment['KEY'] = 'second';
    await chat();
    expect(secrets()).toEqual(['first', 'first', 'second']);
  });

  test('that is missing names the variable, and nothing is sent', async () => {
    const { chat, provider } = setUp(env('INFERWAY_TEST_SURELY_NOT_SET'));
    const error = await errorOf(chat());
    expect(error).toMatchObject({ code: 'authentication', retryable: false, fallbackable: true });
    expect(error.message).toContain('INFERWAY_TEST_SURELY_NOT_SET');
    expect(provider.attempts).toEqual([]);
  });

  test('is the environment of the process by default', async () => {
    process.env['INFERWAY_TEST_KEY'] = 'from-process';
    const { chat, secrets, ids } = setUp(env('INFERWAY_TEST_KEY'));
    await chat();
    delete process.env['INFERWAY_TEST_KEY'];
    expect(secrets()).toEqual(['from-process']);
    expect(ids()).toEqual(['env:INFERWAY_TEST_KEY']);
  });
});

describe('pool', () => {
  test('uses its keys in turn', async () => {
    const { chat, secrets, ids } = setUp(pool(['a', 'b', 'c']));
    for (let i = 0; i < 5; i++) await chat();
    expect(secrets()).toEqual(['a', 'b', 'c', 'a', 'b']);
    expect(ids()[1]).toBe('pool#2');
  });

  test.each(['authentication', 'permission', 'billing', 'rate_limit'] as const)(
    'goes on with the next key at once on %s',
    async (code) => {
      const { chat, secrets, clock } = setUp(pool(['a', 'b']), refusing({ a: fakeError(code) }));
      const answer = await chat();
      expect(secrets()).toEqual(['a', 'b']);
      expect(answer.meta.attempts).toMatchObject([
        { error: code, credential: 'pool#1' },
        { credential: 'pool#2' },
      ]);
      expect(clock.now()).toBe(0);
      // The first one rests: the next calls leave it alone.
      await chat();
      await chat();
      expect(secrets()).toEqual(['a', 'b', 'b', 'b']);
    },
  );

  test.each(['server', 'overloaded', 'timeout', 'invalid_request', 'connection'] as const)(
    'does not blame a key for %s',
    async (code) => {
      const { chat, secrets } = setUp(pool(['a', 'b']), refusing({ a: fakeError(code) }));
      await errorOf(chat());
      expect(secrets()).toEqual(['a']);
    },
  );

  test('goes on with the next key where a stream is refused in its first event', async () => {
    const { stream, secrets } = setUp(pool(['a', 'b']), (call) =>
      call.credential?.reveal() === 'a'
        ? [...say('x').slice(0, 3), fail('rate_limit')]
        : say('from b'),
    );
    expect(await (await stream()).text).toBe('from b');
    expect(secrets()).toEqual(['a', 'b']);
  });

  test('stays within the attempts of the call', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { chat, secrets } = setUp(pool(keys), [fail('rate_limit')], 3);
    await errorOf(chat());
    expect(secrets()).toEqual(['a', 'b', 'c']);
  });

  test('rests a rate-limited key for as long as the provider says, or ten seconds', async () => {
    const errors: Record<string, InferwayError> = {
      a: fakeError('rate_limit', { retryAfterMs: 3000 }),
      b: fakeError('rate_limit'),
    };
    const { chat, secrets, clock } = setUp(pool(['a', 'b', 'c']), refusing(errors));
    await chat();
    expect(secrets()).toEqual(['a', 'b', 'c']);
    delete errors['a'];
    delete errors['b'];
    await clock.advance(2999);
    await chat();
    await clock.advance(1);
    await chat();
    expect(secrets().slice(3)).toEqual(['c', 'a']);
    await clock.advance(6999);
    await chat();
    await chat();
    expect(secrets().slice(5)).toEqual(['c', 'a']);
    await clock.advance(1);
    await chat();
    expect(secrets().slice(7)).toEqual(['b']);
  });

  test('rests a key without credit for longer', async () => {
    const errors: Record<string, InferwayError> = {
      a: fakeError('billing', { retryAfterMs: 1000 }),
    };
    const { chat, secrets, clock } = setUp(pool(['a', 'b']), refusing(errors));
    await chat();
    delete errors['a'];
    await clock.advance(599_999);
    await chat();
    await chat();
    expect(secrets().slice(2)).toEqual(['b', 'b']);
    await clock.advance(1);
    await chat();
    expect(secrets().slice(4)).toEqual(['a']);
  });

  test('whose keys all rest as told fails at once with the shortest wait, and nothing is sent', async () => {
    const { chat, provider, clock } = setUp(
      pool(['a', 'b']),
      refusing({
        a: fakeError('rate_limit', { retryAfterMs: 5000 }),
        b: fakeError('rate_limit', { retryAfterMs: 9000 }),
      }),
    );
    await errorOf(chat());
    await clock.advance(1000);
    const error = await errorOf(chat());
    expect(error).toMatchObject({
      code: 'rate_limit',
      retryAfterMs: 4000,
      sent: 'no',
      retryable: true,
      fallbackable: true,
    });
    expect(provider.attempts.length).toBe(2);
  });

  test('whose keys all rest for reasons that nobody timed tries the one that is due first', async () => {
    const { chat, secrets, clock } = setUp(pool(['a', 'b']), [fail('authentication')]);
    await errorOf(chat());
    await clock.advance(1);
    expect((await errorOf(chat())).code).toBe('authentication');
    expect(secrets()).toEqual(['a', 'b', 'a']);
    await clock.advance(1);
    await errorOf(chat());
    expect(secrets()).toEqual(['a', 'b', 'a', 'b']);
  });

  test('never tries a key twice in one call', async () => {
    const { chat, secrets } = setUp(pool(['a', 'b']), [fail('permission')], 10);
    await errorOf(chat());
    expect(secrets()).toEqual(['a', 'b']);
  });

  test('of no keys, or with times that cannot be, is refused when built', () => {
    expect(() => pool([])).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(() => pool(['a'], { cooldownMs: 0 })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
    expect(() => pool(['a'], { parkMs: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  test('a caller who leaves is not given another key', async () => {
    const { chat, provider } = setUp(pool(['a', 'b']), [wait(10), stall()]);
    const { controller, signal } = countingSignal();
    const call = errorOf(chat(signal));
    await settle();
    controller.abort();
    expect((await call).code).toBe('aborted');
    expect(provider.attempts.length).toBe(1);
  });
});

test('an authentication error that comes from a missing key leads to a fallback that has one', async () => {
  const { fallback } = await import('@inferway/core/middleware');
  const providers: Provider[] = ['a', 'b'].map((name) =>
    fakeProvider({ name, script: say(`from ${name}`) }),
  );
  const client = createClient({
    providers,
    middleware: [fallback('b/m'), auth({ a: env('NOT_SET', {}), b: fixed('key') })],
  });
  expect((await client.chat({ model: 'a/m', messages })).text).toBe('from b');
});
