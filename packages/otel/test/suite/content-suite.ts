import type { Message } from '@inferway/core';
import { accept, emit, fail, say } from '@inferway/core/testing';
import { trace, type TraceOptions } from '@inferway/otel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chain } from './chain.js';
import { only, type Telemetry } from './telemetry.js';

const VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
const messages: Message[] = [
  { role: 'system', content: 'secret rules' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'secret question' },
      { type: 'image', image: { type: 'base64', data: 'c2VjcmV0', mediaType: 'image/png' } },
      { type: 'image', image: { type: 'url', url: 'https://x.test/secret.png' } },
      { type: 'file', file: { type: 'file-id', id: 'f-1' } },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'secret thought' },
      { type: 'tool-call', id: 't1', name: 'look', arguments: '{"at":1}' },
      { type: 'tool-call', id: 't2', name: 'look', arguments: '{"at"' },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', id: 't1', content: 'secret finding' }] },
];
const tools = [{ name: 'look', description: 'secret tool', parameters: { type: 'object' } }];

/** What of prompts and answers is written, and when. */
export function contentSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`content with ${generation}`, () => {
    let sdk: Telemetry;
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      await sdk.close();
    });

    const ask = async (options: TraceOptions, stream = false): Promise<Record<string, unknown>> => {
      const { client } = chain({ a: say('secret answer') }, [trace(options)]);
      const request = { model: 'a/m', messages, tools } as const;
      if (stream) await (await client.chat.stream(request)).result;
      else await client.chat(request);
      return { ...only(sdk.spans(), 'chat m').attributes };
    };

    test.each([undefined, 'false', 'NO_CONTENT', 'EVENT_ONLY', 'yes'])(
      'nothing of it is written where the environment says %s',
      async (word) => {
        vi.stubEnv(VARIABLE, word);
        await ask({});
        expect(JSON.stringify(sdk.spans())).not.toContain('secret');
      },
    );

    test.each(['true', 'TRUE', 'span_only', 'SPAN_AND_EVENT'])(
      'it is written where the environment says %s, unless the option says no',
      async (word) => {
        vi.stubEnv(VARIABLE, word);
        expect((await ask({}))['gen_ai.output.messages']).toContain('secret answer');
        sdk.replace();
        await ask({ captureContent: false });
        expect(JSON.stringify(sdk.spans())).not.toContain('secret');
      },
    );

    test.each([false, true])('its form is that of the conventions (stream: %s)', async (stream) => {
      const attributes = await ask({ captureContent: true }, stream);
      const read = (name: string): unknown => JSON.parse(attributes[name] as string) as unknown;
      expect(read('gen_ai.input.messages')).toEqual([
        { role: 'system', parts: [{ type: 'text', content: 'secret rules' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'secret question' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: '' },
            { type: 'uri', modality: 'image', uri: 'https://x.test/secret.png' },
            { type: 'file', modality: 'file', file_id: 'f-1' },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'secret thought' },
            { type: 'tool_call', id: 't1', name: 'look', arguments: { at: 1 } },
            { type: 'tool_call', id: 't2', name: 'look', arguments: '{"at"' },
          ],
        },
        {
          role: 'tool',
          parts: [{ type: 'tool_call_response', id: 't1', response: 'secret finding' }],
        },
      ]);
      expect(read('gen_ai.output.messages')).toEqual([
        {
          role: 'assistant',
          parts: [{ type: 'text', content: 'secret answer' }],
          finish_reason: 'stop',
        },
      ]);
      expect(read('gen_ai.tool.definitions')).toEqual([{ type: 'function', name: 'look' }]);
      expect(attributes).not.toHaveProperty(['gen_ai.system_instructions']);
    });

    test('what is redacted is what is written', async () => {
      const attributes = await ask({
        captureContent: true,
        redact: ({ outputMessages }) => ({ outputMessages: outputMessages?.slice(0, 0) }),
      });
      expect(Object.keys(attributes).filter((name) => name.endsWith('messages'))).toEqual([]);
    });

    test('a redaction that throws writes nothing and costs no call', async () => {
      const attributes = await ask({
        captureContent: true,
        redact() {
          throw new Error('mistake');
        },
      });
      expect(JSON.stringify(attributes)).not.toContain('secret');
      expect(attributes['gen_ai.usage.input_tokens']).toBe(10);
    });

    test('a stream that breaks shows what had come', async () => {
      const { client } = chain(
        {
          a: [
            accept(),
            emit(
              { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
              { type: 'text-delta', index: 0, text: 'half an' },
            ),
            fail('stream_interrupted'),
          ],
        },
        [trace({ captureContent: true })],
      );
      const stream = await client.chat.stream({ model: 'a/m', messages });
      await expect(stream.result).rejects.toThrow('interrupted');
      expect(only(sdk.spans(), 'chat m').attributes['gen_ai.output.messages']).toContain('half an');
    });
  });
}
