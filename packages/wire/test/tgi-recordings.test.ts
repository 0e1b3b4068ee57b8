import { completeTraits, InferwayError, type CompleteEvent } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { SseDecoder, tgiGenerate } from '../src/index.js';
import { sourceOf } from './decode-stream.js';
import { hasRecordings, readRecording } from './recordings.js';
import { cutAt } from './split.js';

interface Tape {
  readonly url: string;
  readonly init: { readonly body?: string };
  readonly response: {
    readonly status: number;
    readonly body?: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

const utf8 = new TextEncoder();

/** Tapes of generations: not the chats, and not what only looks alike. */
function generations(): Tape[] {
  const tapes = JSON.parse(readRecording('huggingface/tapes.json')) as Record<string, Tape>;
  return Object.values(tapes).filter(
    ({ url, init, response }) =>
      response.status === 200 &&
      !url.includes('/v1/') &&
      init.body?.includes('"inputs"') === true &&
      /"generated_text"|"error_type"/u.test(response.body ?? ''),
  );
}

function readStream(body: string, size: number): { text: string; error: unknown; last: unknown } {
  const decoder = new SseDecoder(tgiGenerate.streamDecoder(sourceOf([])));
  const events: CompleteEvent[] = [];
  let error: unknown;
  try {
    for (const chunk of cutAt(utf8.encode(body), [size])) decoder.bytes(chunk, events);
    decoder.end(events);
  } catch (thrown) {
    error = thrown;
  }
  const fold = completeTraits.fold?.();
  for (const event of events) fold?.add(event);
  return { text: fold?.result().text ?? '', error, last: events.at(-1)?.type };
}

describe.skipIf(!hasRecordings)('recorded answers of TGI and its kin', () => {
  it('are a text or a typed error, however their bytes come', () => {
    const tapes = generations();
    expect(tapes.length).toBeGreaterThan(5);
    const seen = { streams: 0, failures: 0, whole: 0 };
    for (const { response } of tapes) {
      const body = response.body ?? '';
      if (!body.startsWith('data:')) {
        const { result } = tgiGenerate.decodeResponse(JSON.parse(body), sourceOf([]));
        expect(result.text).not.toBe('');
        seen.whole++;
        continue;
      }
      for (const size of [1, 7, 4096]) {
        const { text, error, last } = readStream(body, size);
        if (error === undefined) {
          expect(last).toBe('end');
          // The recorded servers put the prompt in front of the whole text.
          const [, whole] = /"generated_text":("(?:[^"\\]|\\.)*")/u.exec(body) ?? [];
          expect((JSON.parse(whole ?? '""') as string).trimEnd()).toMatch(endingWith(text));
          seen.streams++;
        } else {
          expect(InferwayError.is(error)).toBe(true);
          seen.failures++;
        }
      }
    }
    expect(seen.streams).toBeGreaterThanOrEqual(9);
    expect(seen.failures).toBeGreaterThanOrEqual(3);
    expect(seen.whole).toBeGreaterThanOrEqual(2);
  });
});

function endingWith(text: string): RegExp {
  return new RegExp(`${text.trim().replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`)}$`, 'u');
}
