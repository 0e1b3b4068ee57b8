import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sse, SseParser, type SseMessage } from '../src/index.js';
import { cutAt } from './split.js';

const utf8 = new TextEncoder();

function parse(chunks: readonly Uint8Array[], maxBytes?: number): SseMessage[] {
  const parser = new SseParser({ maxBytes });
  const messages: SseMessage[] = [];
  const take = (message: SseMessage): void => {
    messages.push(message);
  };
  for (const chunk of chunks) parser.push(chunk, take);
  parser.end(take);
  return messages;
}

const parseText = (text: string): SseMessage[] => parse([utf8.encode(text)]);

describe('the SSE parser', () => {
  it('gives a message for each blank line, with and without a space after the colon', () => {
    expect(parseText('data: one\n\ndata:two\n\ndata:  three\n\n')).toEqual([
      { data: 'one' },
      { data: 'two' },
      { data: ' three' },
    ]);
  });

  it('joins data lines, keeps the event name for its own message only and skips what it does not know (F23, F24)', () => {
    expect(
      parseText(
        ': ping\nevent: delta\nid: 7\nretry: 10\nunknown\ndata: a\ndata\ndata: b\n\ndata: c\n\n',
      ),
    ).toEqual([
      { event: 'delta', id: '7', data: 'a\n\nb' },
      { id: '7', data: 'c' },
    ]);
  });

  it('tells the latest id with each message, until an empty one takes it back', () => {
    expect(parseText('data: a\n\nid: 1:0\ndata: b\n\ndata: c\nid: 1:1\n\nid\ndata: d\n\n')).toEqual(
      [{ data: 'a' }, { id: '1:0', data: 'b' }, { id: '1:1', data: 'c' }, { data: 'd' }],
    );
  });

  it('gives nothing for an event without data, and forgets its name', () => {
    expect(parseText('event: ping\n\ndata: x\n\n')).toEqual([{ data: 'x' }]);
  });

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('reads %s line ends and a BOM (F20, F22)', (_name, line) => {
    const text = `\uFEFFevent: a${line}data: 1${line}${line}: c${line}data: 2${line}data: 3${line}${line}`;
    expect(parseText(text)).toEqual([{ event: 'a', data: '1' }, { data: '2\n3' }]);
  });

  it('dispatches at the second CR without waiting for what follows', () => {
    const parser = new SseParser();
    const messages: SseMessage[] = [];
    parser.push(utf8.encode('data: x\r\n\r'), (message) => messages.push(message));
    expect(messages).toEqual([{ data: 'x' }]);
    parser.push(utf8.encode('\ndata: y\r\n\r\n'), (message) => messages.push(message));
    expect(messages).toEqual([{ data: 'x' }, { data: 'y' }]);
  });

  it('gives a last message without its blank line, marked as cut (F22)', () => {
    expect(parseText('data: x\n\ndata: [DONE]')).toEqual([
      { data: 'x' },
      { data: '[DONE]', cut: true },
    ]);
    expect(parseText('data: x\n')).toEqual([{ data: 'x', cut: true }]);
    expect(parseText(': only a comment')).toEqual([]);
  });

  it('gives the same messages however the bytes are split (F21, F25)', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', ':', ' ', 'data', 'data:', 'data: ', 'event: ', '\uFEFF'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => utf8.encode(pieces.join(''))),
      fc.uint8Array({ maxLength: 80 }),
    );
    fc.assert(
      fc.property(bytes, fc.infiniteStream(fc.nat(5)), (whole, sizes) => {
        const expected = parse([whole]);
        expect(parse(cutAt(whole, sizes))).toEqual(expected);
        expect(parse([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('reads back what the writer wrote, between comments, for every text without a bare CR', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 30 })
      .map((value) => value.replaceAll('\r', ''));
    const name = fc.option(fc.stringMatching(/^[a-z_.]{1,10}$/u), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.record({ data: text, event: name })), (messages) => {
        const wire = messages.map(({ data, event }) => `: ping\n\n${sse(data, event)}`).join('');
        expect(parseText(wire)).toEqual(messages);
      }),
    );
  });

  it('refuses a line or a message over its limit, however it arrives', () => {
    const line = utf8.encode(`data: ${'x'.repeat(200)}\n\n`);
    const many = utf8.encode(`${'data: 123456789\n'.repeat(20)}\n`);
    for (const wire of [line, many]) {
      for (const chunks of [[wire], [...wire].map((byte) => Uint8Array.of(byte))]) {
        expect(() => parse(chunks, 100)).toThrow(InferwayError);
        expect(parse(chunks, 1000)).toHaveLength(1);
      }
    }
    const endless = new SseParser({ maxBytes: 100 });
    const feed = (): void => {
      for (let i = 0; i < 20; i++) endless.push(utf8.encode('x'.repeat(10)), () => undefined);
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'too_large' }));
    const short = utf8.encode(`data: ${'x'.repeat(90)}\n\n`.repeat(3));
    expect(parse([short], 100)).toHaveLength(3);
    expect(parse(cutAt(short, [7]), 100)).toHaveLength(3);
  });

  it('does not keep the bytes it was given', () => {
    const parser = new SseParser();
    const chunk = utf8.encode('data: ab');
    const messages: SseMessage[] = [];
    parser.push(chunk, (message) => messages.push(message));
    chunk.fill(0);
    parser.push(utf8.encode('c\n\n'), (message) => messages.push(message));
    expect(messages).toEqual([{ data: 'abc' }]);
  });
});

describe('the SSE writer', () => {
  it('breaks data into lines, so that text cannot end the message early', () => {
    expect(sse('{}')).toBe('data: {}\n\n');
    expect(sse('a\n\nb\r\nc\rd', 'x')).toBe(
      'event: x\ndata: a\ndata: \ndata: b\ndata: c\ndata: d\n\n',
    );
  });
});
