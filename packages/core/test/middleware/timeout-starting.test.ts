import { createClient, InferwayError, sleep, type Call, type ProviderOf } from '@inferway/core';
import { timeout } from '@inferway/core/middleware';
import { virtualClock } from '@inferway/core/testing';
import { expect, test } from 'vitest';

/** A server that refuses while it starts, with bytes that a stopwatch hears, and answers after `startsMs`. */
function slowStarter(startsMs: number, tells: boolean): ProviderOf<'slow', 'embed'> {
  return {
    name: 'slow',
    async embed({ progress, signal, state, model }: Call<'embed'>) {
      const { clock } = state.runtime;
      while (clock.now() < startsMs) {
        progress?.connecting?.();
        progress?.connected?.();
        progress?.headers?.(503);
        progress?.bytes?.(20);
        if (tells) progress?.starting?.(startsMs - clock.now());
        await sleep(clock, 10_000, signal);
      }
      return {
        stream: false,
        result: { embeddings: [[1]] },
        meta: { provider: model.provider, model: model.id },
      };
    },
  };
}

async function ask(startsMs: number, tells: boolean): Promise<unknown> {
  const clock = virtualClock();
  const client = createClient({
    providers: [slowStarter(startsMs, tells)],
    middleware: [
      timeout({
        firstEventMs: 60_000,
        idleBytesMs: 5_000,
        idleContentMs: 60_000,
        totalMs: 1_000_000,
      }),
    ],
    clock,
  });
  const answered = client.embed({ model: 'slow/m', input: 'x' }).then(
    () => clock.now(),
    (reason: unknown) => InferwayError.from(reason).phase,
  );
  await clock.advance(1_500_000);
  return answered;
}

test('a server that says that it is starting is waited for, beyond the limit for a first event', async () => {
  expect(await ask(300_000, true)).toBe(300_000);
});

test('one that says nothing is ended by the usual limits', async () => {
  expect(await ask(300_000, false)).toBe('idle-bytes');
});

test('the limit for the whole call holds all the same', async () => {
  expect(await ask(2_000_000, true)).toBe('total');
});
