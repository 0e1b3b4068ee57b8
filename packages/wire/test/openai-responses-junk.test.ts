import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiInputTokens, openaiResponses } from '../src/index.js';
import { decodeStream, sourceOf } from './decode-stream.js';
import { held, junkOf } from './junk-arbitrary.js';

/** Whatever comes in, what comes out is a value or an InferwayError, and no prototype has changed. */

const anything = junkOf(
  [
    'id',
    'type',
    'role',
    'status',
    'model',
    'input',
    'output',
    'content',
    'text',
    'refusal',
    'summary',
    'encrypted_content',
    'call_id',
    'name',
    'arguments',
    'annotations',
    'url',
    'start_index',
    'usage',
    'input_tokens',
    'output_tokens',
    'input_tokens_details',
    'error',
    'message',
    'incomplete_details',
    'reason',
    'item',
    'item_id',
    'part',
    'delta',
    'output_index',
    'content_index',
    'summary_index',
    'annotation',
    'response',
    'logprobs',
    'token',
    'tools',
    'format',
    'schema',
    'image_url',
    'file_data',
    'detail',
    '__proto__',
    'constructor',
    'toString',
  ],
  [
    '',
    'message',
    'reasoning',
    'function_call',
    'function_call_output',
    'custom_tool_call_output',
    'web_search_call',
    'item_reference',
    'output_text',
    'input_text',
    'input_image',
    'input_file',
    'refusal',
    'reasoning_text',
    'summary_text',
    'url_citation',
    'completed',
    'incomplete',
    'failed',
    'user',
    'assistant',
    'system',
    'inferway:{"format":"a","value":1}',
    'inferway:x',
    'inferway-call:{"call":"a","format":"b","value":1}',
    'msg_iw_1',
    '{"a":1}',
    'data:image/png;base64,AAAA',
    '\uD83D',
  ],
);
const item = fc.record(
  {
    type: fc.constantFrom(
      'message',
      'reasoning',
      'function_call',
      'function_call_output',
      'web_search_call',
      undefined,
    ),
    id: anything,
    role: fc.constantFrom('user', 'assistant', 'system', undefined),
    content: anything,
    summary: anything,
    encrypted_content: anything,
    call_id: anything,
    name: anything,
    arguments: anything,
    output: anything,
    status: anything,
  },
  { requiredKeys: [] },
);
const response = fc.oneof(
  anything,
  fc.record(
    {
      id: anything,
      status: fc.constantFrom('completed', 'incomplete', 'failed', 'queued', undefined),
      output: fc.oneof(anything, fc.array(item, { maxLength: 3 })),
      usage: anything,
      error: fc.oneof(fc.constant(null), anything),
      incomplete_details: anything,
    },
    { requiredKeys: [] },
  ),
);
const event = fc.oneof(
  anything,
  fc.record(
    {
      type: fc.constantFrom(
        'response.created',
        'response.output_item.added',
        'response.output_item.done',
        'response.content_part.added',
        'response.output_text.delta',
        'response.refusal.delta',
        'response.output_text.annotation.added',
        'response.reasoning_summary_text.delta',
        'response.reasoning_text.delta',
        'response.function_call_arguments.delta',
        'response.completed',
        'response.incomplete',
        'response.failed',
        'error',
      ),
      item,
      response,
      delta: anything,
      part: anything,
      annotation: anything,
      logprobs: anything,
      item_id: anything,
      output_index: fc.constantFrom(0, 1, 2, '0', -1, 1e9, undefined),
      content_index: fc.constantFrom(0, 1, 1e9, 'x', undefined),
      summary_index: fc.constantFrom(0, 1, undefined),
    },
    { requiredKeys: ['type'] },
  ),
);
const request = fc.oneof(
  anything,
  fc.record(
    {
      model: fc.constant('m'),
      input: fc.oneof(anything, fc.array(fc.oneof(item, anything), { maxLength: 4 })),
      instructions: anything,
      tools: anything,
      tool_choice: anything,
      text: anything,
      reasoning: anything,
      include: anything,
      store: anything,
      top_logprobs: anything,
    },
    { requiredKeys: ['model'] },
  ),
);
const AS = { id: 'x', model: 'm', created: 0 };
const runs = { numRuns: 1000 };

describe('Junk for the Responses doors', () => {
  it('in a request ends in a request or a refusal with its path', () => {
    fc.assert(
      fc.property(request, (body) => {
        for (const format of [openaiResponses, openaiInputTokens]) {
          held(() => {
            const decoded = format.decodeRequest(body);
            // What was taken can be sent on.
            JSON.stringify(
              format.encodeRequest(decoded.request, {
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
    fc.assert(
      fc.property(response, (body) => {
        held(() => {
          const decoded = openaiResponses.decodeResponse(body, sourceOf([]));
          JSON.stringify(openaiResponses.encodeResponse(decoded, AS));
        });
        held(() => {
          openaiInputTokens.decodeResponse(body, sourceOf([]));
        });
      }),
      runs,
    );
  });

  it('in a stream ends in events or a typed error, and what is read can be written', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (payloads) => {
        const wire = payloads.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
        held(() => {
          const { events, error } = decodeStream(openaiResponses, wire);
          if (error !== undefined) expect(error).toBeInstanceOf(InferwayError);
          openaiResponses.streamEncoder(AS).encode(events);
        });
      }),
      runs,
    );
  });

  it('may name a type by what cannot even be made a text', () => {
    const odd: unknown = JSON.parse('{"type":{"toString":null}}');
    const from = sourceOf([]);
    expect(() =>
      openaiResponses.decodeResponse({ status: 'completed', output: [odd] }, from),
    ).not.toThrow(TypeError);
  });
});
