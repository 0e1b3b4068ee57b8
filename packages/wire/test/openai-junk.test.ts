import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiChat, openaiCompletions, openaiEmbeddings } from '../src/index.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { held, junkOf } from './junk-arbitrary.js';
import { cutAt } from './split.js';

/** Whatever comes in, what comes out is a value or an InferwayError, and no prototype has changed. */

const NAMES = [
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'index',
  'delta',
  'message',
  'content',
  'text',
  'role',
  'type',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'signature',
  'format',
  'data',
  'refusal',
  'tool_calls',
  'function_call',
  'function',
  'custom',
  'name',
  'arguments',
  'input',
  'extra_content',
  'annotations',
  'url_citation',
  'images',
  'image_url',
  'url',
  'audio',
  'transcript',
  'expires_at',
  'logprobs',
  'token',
  'tokens',
  'token_logprobs',
  'top_logprobs',
  'finish_reason',
  'native_finish_reason',
  'x_groq',
  'citations',
  'thinking',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'prompt_tokens_details',
  'cost',
  'embedding',
  'messages',
  'tools',
  'tool_choice',
  'response_format',
  'json_schema',
  'schema',
  'stop',
  'n',
  'stream',
  'stream_options',
  'temperature',
  'metadata',
  'tool_call_id',
  'file',
  'file_data',
  'cache_control',
  'ttl',
  'prompt',
  'dimensions',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
];
const WORDS = [
  '',
  'assistant',
  'user',
  'tool',
  'system',
  'function',
  'text',
  'image_url',
  'input_audio',
  'file',
  'thinking',
  'custom',
  'stop',
  'tool_calls',
  'length',
  'null',
  'reasoning.text',
  'inferway:a',
  'inferway-json:a',
  '{"a":1}',
  '{"a"',
  'data:image/png;base64,AAAA',
  'json_schema',
  'ephemeral',
  'url_citation',
  'AACAPw==',
  '😀',
  '\uD83D',
];

const anything = junkOf(NAMES, WORDS);

/** Junk within the shape that a decoder looks for, so that it gets to the deep places. */
const choice = fc.record({
  index: fc.constantFrom(0, 1, '0', -1),
  delta: anything,
  message: anything,
  finish_reason: anything,
  logprobs: anything,
  text: anything,
});
const answer = fc.oneof(
  anything,
  fc.record(
    {
      id: anything,
      choices: fc.oneof(anything, fc.array(choice, { maxLength: 3 })),
      usage: anything,
      data: anything,
    },
    { requiredKeys: [] },
  ),
);
const request = fc.oneof(
  anything,
  fc.record(
    {
      model: fc.constant('m'),
      prompt: anything,
      input: anything,
      messages: fc.oneof(
        anything,
        fc.array(
          fc.record(
            {
              role: fc.constantFrom('system', 'user', 'assistant', 'tool', 'function'),
              content: anything,
              tool_calls: anything,
              function_call: anything,
              tool_call_id: anything,
              name: anything,
              reasoning_details: anything,
            },
            { requiredKeys: ['role'] },
          ),
          { maxLength: 3 },
        ),
      ),
      tools: anything,
      tool_choice: anything,
      response_format: anything,
      stop: anything,
      n: anything,
      metadata: anything,
      stream_options: anything,
    },
    { requiredKeys: ['model'] },
  ),
);

const runs = { numRuns: 1000 };

describe('Junk', () => {
  it('in a request ends in a request or a refusal with its path', () => {
    fc.assert(
      fc.property(request, (body) => {
        for (const format of [openaiChat, openaiCompletions, openaiEmbeddings]) {
          held(() => {
            const decoded = format.decodeRequest(body);
            expect(Object.getPrototypeOf(decoded.request)).toBe(Object.prototype);
            // What was taken can be sent on.
            JSON.stringify(
              format.encodeRequest(decoded.request as never, {
                model: 'm',
                stream: false,
                provider: 'p',
                warn: () => undefined,
              }),
            );
          });
        }
      }),
      runs,
    );
  });

  it('in an answer ends in a result or a typed error, and what is read can be written', () => {
    const as = { id: 'x', model: 'm', created: 0 };
    fc.assert(
      fc.property(answer, (body) => {
        for (const format of [openaiChat, openaiCompletions, openaiEmbeddings]) {
          held(() => {
            const decoded = format.decodeResponse(body, sourceOf([]));
            JSON.stringify(format.encodeResponse(decoded as never, as));
          });
        }
      }),
      runs,
    );
  });

  it('in a stream ends in events or a typed error, and what is read can be written', () => {
    const as = { id: 'x', model: 'm', created: 0, includeUsage: true };
    fc.assert(
      fc.property(
        fc.array(answer, { maxLength: 6 }),
        fc.constantFrom(undefined, 'tags' as const),
        (payloads, thinkTags) => {
          const wire = payloads.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
          held(() => {
            const { events, error } = decodeStream(openaiChat, `${wire}data: [DONE]\n\n`, {
              thinkTags,
            });
            if (error !== undefined) expect(error).toBeInstanceOf(InferwayError);
            openaiChat.streamEncoder(as).encode(events);
          });
          held(() => {
            const { events, error } = decodeStream(openaiCompletions, wire);
            if (error !== undefined) expect(error).toBeInstanceOf(InferwayError);
            openaiCompletions.streamEncoder(as).encode(events);
          });
        },
      ),
      runs,
    );
  });

  it('of bytes ends in events or a typed error', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(
              'data:',
              'data: {"choices":[',
              '{"delta":{"content":"',
              '"}}]}',
              '\n',
              '\r\n\r\n',
              '[DONE]',
              'event: error\n',
            ),
            fc.string({ unit: 'binary', maxLength: 4 }),
          ),
          { maxLength: 20 },
        ),
        fc.infiniteStream(fc.nat(9)),
        (pieces, sizes) => {
          const bytes = new TextEncoder().encode(pieces.join(''));
          const { error } = decodeStream(openaiChat, cutAt(bytes, sizes));
          if (error !== undefined) expect(error).toBeInstanceOf(InferwayError);
          const whole = decodeStream(openaiChat, [bytes]);
          expect((whole.error as InferwayError | undefined)?.code).toBe(
            (error as InferwayError | undefined)?.code,
          );
        },
      ),
      runs,
    );
  });
});
