import { foldChat, InferwayError, type ChatEvent } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import {
  anthropicMessages,
  openaiChat,
  openaiResponses,
  type Format,
  type StreamEncoder,
} from '../src/index.js';
import { decodeStream } from './decode-stream.js';

const as = { id: 'id-1', model: 'm', created: 1 };

const formats: Readonly<Record<string, Format<'chat', never>>> = {
  openaiChat,
  openaiResponses,
  anthropicMessages,
};

const before: readonly ChatEvent[] = [
  { type: 'start', id: 'a1', model: 'm' },
  { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
  { type: 'text-delta', index: 0, text: 'one ' },
];
const after: readonly ChatEvent[] = [
  { type: 'text-delta', index: 0, text: 'two' },
  { type: 'part-end', index: 0 },
  { type: 'finish', finishReason: { unified: 'stop' } },
  { type: 'end', usage: { inputTokens: 1, outputTokens: 2 } },
];
const resumed = (mode: 'restart' | 'continue'): ChatEvent => ({
  type: 'resumed',
  mode,
  error: 'connection',
  provider: 'b',
  model: 'y\n\ndata: injected',
});

describe.each(Object.entries(formats))('A caller of %s', (_name, format) => {
  const encoder = (): StreamEncoder<ChatEvent> =>
    format.streamEncoder?.({ ...as }) as StreamEncoder<ChatEvent>;

  it('gets text that goes on as one answer, with a comment that its client skips', () => {
    const one = encoder();
    const text = one.encode([...before, resumed('continue'), ...after]);
    expect(text).toContain('\n: resumed {"mode":"continue","error":"connection","provider":"b"');
    const { events, error } = decodeStream(format, text);
    expect(error).toBeUndefined();
    expect(events).toEqual(decodeStream(format, encoder().encode([...before, ...after])).events);
    const fold = foldChat();
    for (const event of events) fold.add(event);
    expect(fold.result().message.content).toMatchObject([{ type: 'text', text: 'one two' }]);
  });

  it('gets no text twice: an answer that begins anew is a failure', () => {
    const one = encoder();
    one.encode(before);
    let thrown: unknown;
    try {
      one.encode([resumed('restart'), ...before]);
    } catch (reason) {
      thrown = reason;
    }
    expect(InferwayError.is(thrown) && thrown.code).toBe('connection');
    expect(one.fail(thrown as InferwayError, 'r1')).not.toContain('injected');
  });
});
