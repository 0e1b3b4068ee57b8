import type {
  AssistantPart,
  ChatChoice,
  ChatEvent,
  ChatResult,
  Citation,
  TokenLogprob,
  Usage,
} from '@inferway/core';
import { unfoldChat } from '@inferway/core';
import fc from 'fast-check';
import { jsonObject, maybe, number, passthrough, word } from './openai-arbitraries.js';
import { calls, reasoning, withReasoning } from './openai-chat-request-arbitrary.js';

const someText = fc.string({ unit: 'grapheme', minLength: 1 });

const token = {
  token: fc.string(),
  logprob: number(-100, 0),
  bytes: fc.option(fc.array(fc.nat(255))),
};
const logprob: fc.Arbitrary<TokenLogprob> = maybe(token, {
  top: fc.array(fc.record(token), { minLength: 1, maxLength: 3 }),
});
const citation: fc.Arbitrary<Citation> = fc.oneof(
  maybe({}, { url: word, title: word, quote: word, start: fc.nat(), end: fc.nat() }),
  jsonObject.map((value) => ({
    opaque: { format: 'openai-chat', value: { ...value, type: 'file_citation' } },
  })),
);
const textPart: fc.Arbitrary<AssistantPart> = maybe(
  { type: fc.constant('text' as const), text: someText },
  { citations: fc.array(citation, { minLength: 1, maxLength: 3 }) },
);
const image = word.map((name): AssistantPart => ({
  type: 'image',
  image: { type: 'url', url: `https://example.com/${name}` },
}));
const audio: fc.Arbitrary<AssistantPart> = maybe(
  {
    type: fc.constant('audio' as const),
    audio: fc.record({
      type: fc.constant('base64' as const),
      data: fc.base64String({ minLength: 4 }),
      mediaType: fc.constant('audio/wav'),
    }),
    opaque: maybe({ id: word }, { expires_at: fc.nat() }).map((value) => ({
      format: 'openai-chat',
      value: { ...value },
    })),
  },
  { transcript: someText },
);

const ends = fc.constantFrom(
  { unified: 'stop', raw: 'stop' } as const,
  { unified: 'stop', raw: 'end_turn' } as const,
  { unified: 'length', raw: 'length' } as const,
  { unified: 'content-filter', raw: 'content_filter' } as const,
  { unified: 'error', raw: 'error' } as const,
);
const endsForTools = fc.constantFrom(
  { unified: 'tool-calls', raw: 'tool_calls' } as const,
  { unified: 'tool-calls', raw: 'stop_sequence' } as const,
  { unified: 'length', raw: 'max_tokens' } as const,
);

type End = ChatChoice['finishReason'];

/** A custom call is whole only where the model ended by its own will. */
function endOf(called: readonly AssistantPart[], end: End, endForTools: End): End {
  if (called.length === 0) return end;
  const custom = called.at(-1)?.type === 'provider';
  return custom ? { unified: 'tool-calls', raw: 'tool_calls' } : endForTools;
}

function option<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { maxLength: 1 });
}

const choice: fc.Arbitrary<ChatChoice> = fc
  .tuple(
    option(textPart),
    option(someText.map((text): AssistantPart => ({ type: 'refusal', text }))),
    fc.array(image, { maxLength: 2 }),
    option(audio),
    calls,
    reasoning,
    ends,
    endsForTools,
    fc.option(fc.array(logprob, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  )
  .map(([texts, refusals, images, sounds, called, thoughts, end, endForTools, logprobs]) => {
    const parts = [...texts, ...refusals, ...images, ...sounds, ...called];
    const content = withReasoning(parts, thoughts);
    return {
      message: { role: 'assistant', content },
      finishReason: endOf(called, end, endForTools),
      // Log probabilities come with text.
      ...(logprobs === undefined || texts.length === 0 ? {} : { logprobs }),
    };
  });

export const chatResult: fc.Arbitrary<ChatResult> = fc
  .tuple(
    fc.record({ id: word, model: word, created: fc.nat() }),
    fc.option(passthrough('openai-chat'), { nil: undefined }),
    choice,
    fc.array(choice, { maxLength: 2 }),
  )
  .map(([head, passed, first, alternatives]) => ({
    ...head,
    ...first,
    ...(passed === undefined ? {} : { passthrough: passed }),
    ...(alternatives.length === 0 ? {} : { alternatives }),
  }));

/** The events of a stream that gives `result`, its deltas cut into pieces of these sizes. */
export function shattered(
  result: ChatResult,
  usage: Usage | undefined,
  sizes: Iterator<number>,
): ChatEvent[] {
  return unfoldChat(result, usage).flatMap((event): ChatEvent[] => {
    if (event.type === 'text-delta') {
      return piecesOf(event.text, sizes).map((text, index) =>
        index === 0 ? { ...event, text } : { ...event, text, logprobs: undefined },
      );
    }
    if (event.type === 'reasoning-delta') {
      return piecesOf(event.text, sizes).map((text) => ({ ...event, text }));
    }
    if (event.type === 'tool-call-delta') {
      return piecesOf(event.arguments, sizes).map((piece) => ({ ...event, arguments: piece }));
    }
    return [event];
  });
}

function piecesOf(text: string, sizes: Iterator<number>): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const size = 1 + ((sizes.next().value as number | undefined) ?? 1);
    pieces.push(text.slice(start, start + size));
    start += size;
  }
  return pieces.length === 0 ? [''] : pieces;
}
