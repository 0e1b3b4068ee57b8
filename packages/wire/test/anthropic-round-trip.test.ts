import { foldChat, unfoldChat, type ChatEvent, type ChatResult, type Usage } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anthropicMessages, type AnthropicDialect } from '../src/index.js';
import { chatRequest, chatResult, usage } from './anthropic-arbitraries.js';
import { decodeReads, decodeText, encodeEvents, source, target } from './anthropic-support.js';
import { interleaved } from './interleaved.js';
import { cutAt } from './split.js';

const dialect: AnthropicDialect = { model: () => ({ systemTurns: true }) };
const as = { id: 'msg_gateway', model: 'shown', created: 0 };

/** What the wire does to a value: undefined members are gone. */
function overTheWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function withoutRaw(value: Usage | undefined): Usage {
  const { raw: _raw, ...counts } = value ?? {};
  return counts;
}

describe('Anthropic Messages, through both doors', () => {
  it('carries every request that it can say, and warns of nothing', () => {
    fc.assert(
      fc.property(chatRequest, fc.boolean(), (request, stream) => {
        const to = target({ dialect, stream });
        const body = anthropicMessages.encodeRequest(request, to);
        expect(to.warnings).toEqual([]);
        const decoded = anthropicMessages.decodeRequest(overTheWire(body));
        expect(decoded.request).toEqual(request);
        expect(decoded.model).toBe('claude-x');
        expect(decoded.stream).toBe(stream);
      }),
      { numRuns: 500 },
    );
  });

  it('gives back the very body that a caller wrote, for a target of the same format', () => {
    fc.assert(
      fc.property(chatRequest, (request) => {
        const body = overTheWire(anthropicMessages.encodeRequest(request, target({ dialect })));
        const decoded = anthropicMessages.decodeRequest(body);
        expect(
          overTheWire(anthropicMessages.encodeRequest(decoded.request, target({ dialect }))),
        ).toEqual(body);
      }),
    );
  });

  it('carries every unary answer', () => {
    fc.assert(
      fc.property(chatResult, usage, (result, counts) => {
        const body = overTheWire(anthropicMessages.encodeResponse({ result, usage: counts }, as));
        const decoded = anthropicMessages.decodeResponse(body, source);
        expect(decoded.result).toEqual(result);
        expect(withoutRaw(decoded.usage)).toEqual(counts);
      }),
      { numRuns: 500 },
    );
  });

  it('carries every streamed answer, however the parts were cut into deltas', () => {
    fc.assert(
      fc.property(
        chatResult,
        usage,
        fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
        (result, counts, sizes) => {
          const decoding = decodeText(encodeEvents(inPieces(unfoldChat(result, counts), sizes)));
          expect(decoding.error).toBeUndefined();
          expect(decoding.result).toEqual(result);
          expect(withoutRaw(decoding.usage)).toEqual(counts);
          const end = decoding.events.at(-1);
          expect(end?.type === 'end' && withoutRaw(end.usage)).toEqual(counts);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives the same events however the bytes are split', () => {
    fc.assert(
      fc.property(chatResult, fc.infiniteStream(fc.nat(40)), (result, sizes) => {
        const text = encodeEvents(unfoldChat(result, { inputTokens: 1, outputTokens: 2 }));
        const bytes = new TextEncoder().encode(text);
        expect(decodeReads(cutAt(bytes, sizes)).events).toEqual(decodeText(text).events);
      }),
    );
  });

  it('writes parts that grew at the same time one after the other, losing nothing', () => {
    fc.assert(
      fc.property(chatResult, fc.infiniteStream(fc.nat()), (result, choices) => {
        const events = interleaved(unfoldChat(result, undefined), choices);
        const expected = foldChat();
        for (const event of events) expected.add(event);
        const text = encodeEvents(events);
        const decoding = decodeText(text);
        expect(decoding.error).toBeUndefined();
        expect(decoding.result.message).toEqual((expected.result() satisfies ChatResult).message);
        expectOneBlockAtATime(text);
      }),
    );
  });
});

/** Cuts each delta into pieces of the sizes given, in UTF-16 units, never through a character. */
function inPieces(events: readonly ChatEvent[], sizes: Iterable<number>): ChatEvent[] {
  const next = sizes[Symbol.iterator]();
  return events.flatMap((event): ChatEvent[] => {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta')
      return pieces(event.text, next).map((text) => ({ ...event, text }));
    if (event.type === 'tool-call-delta')
      return pieces(event.arguments, next).map((args) => ({ ...event, arguments: args }));
    return [event];
  });
}

function pieces(text: string, sizes: Iterator<number>): string[] {
  const out: string[] = [];
  const rest = Array.from(text);
  while (rest.length > 0) {
    const size = sizes.next().value ?? 1;
    if (size > 4) out.push('');
    out.push(rest.splice(0, size).join(''));
  }
  return out;
}

function expectOneBlockAtATime(text: string): void {
  let open: number | undefined;
  let next = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('data: ')) continue;
    const event = JSON.parse(line.slice(6)) as { type: string; index?: number };
    if (event.type === 'content_block_start') {
      expect(open).toBeUndefined();
      expect(event.index).toBe(next++);
      open = event.index;
    } else if (event.type === 'content_block_delta') expect(event.index).toBe(open);
    else if (event.type === 'content_block_stop') {
      expect(event.index).toBe(open);
      open = undefined;
    }
  }
  expect(open).toBeUndefined();
}
