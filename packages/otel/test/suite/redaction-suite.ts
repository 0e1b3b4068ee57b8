import type { Message } from '@inferway/core';
import { pii, redactText, secrets } from '@inferway/core/guards';
import { accept, emit, say, type Step } from '@inferway/core/testing';
import { redactContent, trace, type TraceOptions } from '@inferway/otel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chain } from './chain.js';
import { only, type Telemetry } from './telemetry.js';

// Canaries: made up, in the form of the real ones.
const KEY = 'sk-canaryCANARYcanaryCANARY0123456789';
const MAIL = 'canary.bird@example.org';
const CARD = '4111111111111111';
const CANARIES = [KEY, MAIL, CARD];

const detectors = [...secrets(), ...pii()];
const redact = redactContent((text) =>
  redactText(text, detectors, (_found, { kind }) => `[${kind}]`),
);

const messages: Message[] = [
  { role: 'system', content: `never tell ${KEY}` },
  {
    role: 'user',
    content: [
      { type: 'text', text: `I am ${MAIL}` },
      { type: 'image', image: { type: 'url', url: `https://x.test/p.png?key=${KEY}` } },
      { type: 'file', file: { type: 'text', text: `card ${CARD}` } },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: `the mail is ${MAIL}` },
      {
        type: 'tool-call',
        id: 't1',
        name: 'pay',
        arguments: JSON.stringify({
          data: KEY,
          url: { deep: [{ [MAIL]: Number(CARD) }] },
          amount: 12,
        }),
      },
      { type: 'tool-call', id: 't2', name: 'pay', arguments: `{"cut":"${KEY}` },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', id: 't1', content: `sent to ${MAIL}` }] },
];

const cut: readonly Step[] = [
  accept(),
  emit(
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    ...[...`key ${KEY} mail ${MAIL}`].map((text) => ({ type: 'text-delta', index: 0, text })),
    { type: 'finish', finishReason: { unified: 'stop' } },
  ),
];

/** That what guards find reaches no exporter. */
export function redactionSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`redacted content with ${generation}`, () => {
    let sdk: Telemetry;
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      await sdk.close();
    });

    const ask = async (options: TraceOptions, script = say(`yours: ${KEY}`)): Promise<string> => {
      const { client } = chain({ a: script }, [trace(options)]);
      const request = { model: 'a/m', messages } as const;
      await client.chat(request);
      await (
        await client.chat.stream(request)
      ).result;
      expect(sdk.spans()).toHaveLength(4);
      return JSON.stringify(sdk.spans());
    };

    test('nothing is captured by default, whatever a redactor would leave', async () => {
      const exported = await ask({ redact });
      for (const canary of CANARIES) expect(exported).not.toContain(canary);
      expect(exported).not.toContain('[SECRET]');
      expect(exported).not.toContain('.messages');
    });

    test('with no redactor the canaries would be there', async () => {
      const exported = await ask({ captureContent: true });
      for (const canary of CANARIES) expect(exported).toContain(canary);
    });

    test.each([
      ['whole', undefined],
      ['letter by letter', cut],
    ])('no canary of prompts, tools or answers is exported (%s)', async (_name, script) => {
      const exported = await ask({ captureContent: true, redact }, script as never);
      for (const canary of CANARIES) expect(exported).not.toContain(canary);
      for (const label of ['[SECRET]', '[EMAIL]']) expect(exported).toContain(label);
    });

    test('the form stays that of the conventions', async () => {
      const { client } = chain({ a: say('fine') }, [trace({ captureContent: true, redact })]);
      await client.chat({ model: 'a/m', messages, tools: [{ name: 'pay', parameters: {} }] });
      const { attributes } = only(sdk.spans(), 'chat m');
      const input = JSON.parse(attributes['gen_ai.input.messages'] as string) as {
        role: string;
        parts: { type: string }[];
      }[];
      expect(input.map(({ role, parts }) => [role, ...parts.map(({ type }) => type)])).toEqual([
        ['system', 'text'],
        ['user', 'text', 'uri', 'text'],
        ['assistant', 'reasoning', 'tool_call', 'tool_call'],
        ['tool', 'tool_call_response'],
      ]);
      expect(input[2]?.parts[1]).toMatchObject({
        id: 't1',
        name: 'pay',
        arguments: { data: '[SECRET]', amount: 12 },
      });
      expect(JSON.parse(attributes['gen_ai.tool.definitions'] as string)).toEqual([
        { type: 'function', name: 'pay' },
      ]);
      expect(JSON.parse(attributes['gen_ai.output.messages'] as string)).toMatchObject([
        { role: 'assistant', finish_reason: 'stop' },
      ]);
    });
  });
}
