import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from './anthropic-support.js';

const KINDS = {
  text: { block: { type: 'text', text: '' }, delta: 'text_delta', member: 'text' },
  thinking: {
    block: { type: 'thinking', thinking: '', signature: '' },
    delta: 'thinking_delta',
    member: 'thinking',
  },
  tool_use: {
    block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
    delta: 'input_json_delta',
    member: 'partial_json',
  },
} as const;

interface Block {
  readonly kind: keyof typeof KINDS;
  readonly pieces: readonly string[];
}

/** The stream of these blocks; in every second delta of a `shaken` one the members change places, so that nothing learnt fits. */
function streamOf(blocks: readonly Block[], shaken: boolean): string {
  const events: object[] = [
    { type: 'message_start', message: { id: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
  ];
  blocks.forEach(({ kind, pieces }, index) => {
    const { block, delta, member } = KINDS[kind];
    events.push({ type: 'content_block_start', index, content_block: block });
    pieces.forEach((piece, number) => {
      const inner = { type: delta, [member]: piece };
      events.push(
        shaken && number % 2 === 1
          ? { delta: inner, index, type: 'content_block_delta' }
          : { type: 'content_block_delta', index, delta: inner },
      );
    });
    if (kind === 'thinking')
      events.push({
        type: 'content_block_delta',
        index,
        delta: { type: 'signature_delta', signature: 's' },
      });
    events.push({ type: 'content_block_stop', index });
  });
  events.push({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn' },
    usage: { output_tokens: 9 },
  });
  events.push({ type: 'message_stop' });
  return events
    .map(
      (event) => `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`,
    )
    .join('');
}

const block: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom('text', 'thinking', 'tool_use'),
  pieces: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 8 }),
});

describe('Anthropic Messages, deltas that differ in their text alone', () => {
  it('give the events that parsing each of them gives', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), (blocks) => {
        const fast = decodeText(streamOf(blocks, false));
        const slow = decodeText(streamOf(blocks, true));
        expect(fast.error).toBeUndefined();
        expect(fast.events).toEqual(slow.events);
        expect(fast.result).toEqual(slow.result);
      }),
    );
  });

  it('do not reach a block that has ended, nor pass for an error', () => {
    const delta = (text: string): string =>
      `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
    const start = 'data: {"type":"message_start","message":{"id":"m"}}\n\n';
    const open =
      'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n';
    const stop = 'data: {"type":"content_block_stop","index":0}\n\n';
    const late = decodeText(start + open + delta('a') + delta('b') + stop + delta('c'));
    expect(late.result.message.content).toEqual([{ type: 'text', text: 'ab' }]);
    const failed = decodeText(start + open + delta('a') + `event: error\n${delta('b')}`);
    expect(failed.error?.code).toBe('overloaded');
    expect(failed.result.message.content).toEqual([{ type: 'text', text: 'a' }]);
  });
});
