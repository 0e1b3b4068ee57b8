import { cache } from '@inferway/core/caching';
import { createClient, DEFAULT_ATTEMPTS, InferwayError, type Middleware } from '@inferway/core';
import { fixed, standard, timeout } from '@inferway/core/middleware';
import {
  accept,
  bytes,
  connecting,
  emit,
  fakeProvider,
  stall,
  virtualClock,
  wait,
  type Step,
} from '@inferway/core/testing';
import { describe, expect, it } from 'vitest';
import { readPage } from './pages.js';

const content = emit({ type: 'text-delta', index: 0, text: 'hi' });
// A comment now and then: bytes, but no content.
const keptAlive: Step[] = Array.from({ length: 20 }, () => [wait(30_000), bytes()]).flat();

const CASES: readonly [option: string, shape: string, phase: string, steps: readonly Step[]][] = [
  ['connectMs', '', 'connect', [connecting(), stall()]],
  ['firstEventMs', ' streamed', 'first-event', [accept(), stall()]],
  ['firstEventMs', ' unary', 'first-event', [stall()]],
  ['idleBytesMs', '', 'idle-bytes', [accept(), content, stall()]],
  ['idleContentMs', '', 'idle-content', [accept(), content, ...keptAlive, stall()]],
];

describe('the pages about defaults', () => {
  it.each(CASES)('tell when %s%s runs out (%s)', async (option, shape, phase, script) => {
    const clock = virtualClock();
    const client = createClient({
      providers: [fakeProvider({ script })],
      middleware: [timeout()],
      clock,
    });
    const request = { model: 'fake/m', messages: [] } as const;
    const call = async (): Promise<unknown> => {
      if (shape === ' unary') return client.chat(request);
      return (await client.chat.stream(request)).result;
    };
    let endedMs: number | undefined;
    const failed = call().catch((error: unknown) => {
      endedMs = clock.now();
      return error;
    });
    await clock.advance(900_000);
    expect(InferwayError.from(await failed).phase).toBe(phase);
    const row = readPage('docs/guide/timeouts.md')
      .text.split('\n')
      .find((line) => line.startsWith(`| \`${option}\``));
    expect(row).toMatch(new RegExp(`[| ]${(endedMs ?? NaN) / 1000} s${shape}[ ,]`, 'u'));
  });

  it('tell the order of the standard chain', () => {
    const outer: Middleware = async function outer(call, next) {
      return next(call);
    };
    const chain = standard({
      outer: [outer],
      cache: cache({ scope: 'shared' }),
      fallback: { targets: ['fake/other'] },
      auth: fixed('any'),
    });
    const told = /^outer → [^`]*→ provider$/mu.exec(readPage('docs/guide/middleware.md').text);
    const order = told?.[0].split(/\s*→\s*/u) ?? [];
    expect([...chain.map(({ name }) => name), 'provider']).toEqual(
      order.filter((name) => name === 'provider' || chain.some((layer) => layer.name === name)),
    );
    const byDefault = standard().map(({ name }) => name);
    expect(byDefault).toEqual(['retry', 'cost', 'timeout']);
  });

  it('tell how many attempts a call makes', () => {
    expect(readPage('docs/guide/retries-and-fallback.md').text).toContain(
      `of the client (default ${DEFAULT_ATTEMPTS})`,
    );
  });
});
