import { foldChat, type ChatEvent, type ChatResult, type Usage } from '@inferway/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EncodeAs, StreamAs, StreamingFormat } from '../src/index.js';
import { decodeStream, sourceOf, type DecodedStream } from './decode-stream.js';
import { anyUsage } from './openai-arbitraries.js';
import { shattered } from './openai-chat-result-arbitrary.js';
import { cutAt } from './split.js';

/** What travels over the wire as JSON. */
export function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Tests that a chat format reads the answers that it writes, whole and streamed. */
export function itReadsWhatItWrites<D extends object>(
  format: StreamingFormat<'chat', D>,
  chatResult: fc.Arbitrary<ChatResult>,
  as: EncodeAs & StreamAs,
): void {
  it('decode the answer that they encoded', () => {
    fc.assert(
      fc.property(chatResult, anyUsage, (result, usage) => {
        const body = overTheWire(format.encodeResponse({ result, usage }, as));
        const decoded = format.decodeResponse(body, sourceOf<D>([]));
        expect(decoded.result).toEqual(result);
        expectUsage(decoded.usage, usage);
      }),
      { numRuns: 300 },
    );
  });

  it('decode the stream that they encoded, in whatever pieces, batches and bytes it comes', () => {
    const sizes = fc.infiniteStream(fc.nat({ max: 60 }));
    fc.assert(
      fc.property(chatResult, anyUsage, sizes, sizes, (result, usage, pieces, bytes) => {
        const encoder = format.streamEncoder(as);
        const events = shattered(result, usage, pieces);
        const half = Math.floor(events.length / 2);
        const wire = encoder.encode(events.slice(0, half)) + encoder.encode(events.slice(half));
        const read = decodeStream(format, cutAt(new TextEncoder().encode(wire), bytes));
        expectWhole(read);
        expect(folded(read.events)).toEqual(result);
        expectUsage(read.usage, usage);
        const crlf = `\uFEFF: hello\n\n${wire}`.replaceAll('\n', '\r\n');
        expect(decodeStream(format, crlf).events).toEqual(read.events);
      }),
      { numRuns: 300 },
    );
  });
}

/** The result of a stream's events. */
export function folded(events: readonly ChatEvent[]): ChatResult {
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return fold.result();
}

/** A stream that ended well, and of which there is nothing to tell. */
export function expectWhole(read: DecodedStream<ChatEvent>): void {
  expect(read.error).toBeUndefined();
  expect(read.warnings).toEqual([]);
}

function expectUsage(read: Usage | undefined, usage: Usage): void {
  expect({ ...read, raw: undefined }).toEqual({ ...usage, raw: undefined });
}
