import { isJsonObject, type ChatRequest, type JsonValue, type Message } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cache } from './anthropic-part-arbitraries.js';
import { encode } from './anthropic-encoding.js';

const marked = (text: string, ttl?: '5m' | '1h') =>
  ({ type: 'text', text, cache: ttl === undefined ? {} : { ttl } }) as const;

/** The texts and names that carry a marker, with its lifetime, in the order in which the API reads them. */
function markers(body: object): string[] {
  const found: string[] = [];
  const walk = (value: JsonValue | undefined): void => {
    if (Array.isArray(value)) value.forEach(walk);
    if (!isJsonObject(value)) return;
    walk(value['content']);
    const { cache_control: control, text, name, tool_use_id: id } = value;
    if (isJsonObject(control)) {
      const label = text ?? name ?? id;
      found.push(`${typeof label === 'string' ? label : '?'} ${String(control['ttl'] ?? '5m')}`);
    }
  };
  const { tools, system, messages } = body as Record<string, JsonValue>;
  [tools, system, messages].forEach(walk);
  return found;
}

const conversation: Message[] = [
  { role: 'system', content: [marked('S1', '1h'), marked('S2', '1h')] },
  { role: 'user', content: [marked('U1')] },
  { role: 'assistant', content: [marked('A1')] },
  { role: 'user', content: [marked('U2')] },
  { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }] },
  { role: 'tool', content: [{ type: 'tool-result', id: 'c', content: 'R', cache: {} }] },
];
const tools = [{ name: 'f', cache: { ttl: '1h' as const } }];

describe('Anthropic Messages, cache markers', () => {
  it('sends four on tools, system prompt, messages and results as they are', () => {
    const messages = [conversation[0], conversation[1], ...conversation.slice(4)] as Message[];
    const [system, ...rest] = messages;
    const { body, warnings } = encode({
      tools,
      messages: [{ ...system, content: [marked('S1', '1h')] } as Message, ...rest],
    });
    expect(markers(body)).toEqual(['f 1h', 'S1 1h', 'U1 5m', 'c 5m']);
    expect(warnings).toEqual([]);
  });

  it('keeps the last of tools and system prompt and the latest of the conversation, where there are more', () => {
    const { body, warnings } = encode({ tools, messages: conversation });
    expect(markers(body)).toEqual(['S2 1h', 'A1 5m', 'U2 5m', 'c 5m']);
    expect(warnings).toEqual(['cache']);
  });

  it('keeps the last of the tools where the system prompt has none', () => {
    const { body } = encode({
      tools: [...tools, { name: 'g', cache: { ttl: '1h' } }],
      messages: conversation.slice(1),
    });
    expect(markers(body)).toEqual(['g 1h', 'A1 5m', 'U2 5m', 'c 5m']);
  });

  it('counts the marker of the request as one', () => {
    const own = { anthropic: { cache_control: { type: 'ephemeral' } } };
    const { body, warnings } = encode({ tools, messages: conversation, providerOptions: own });
    expect(markers(body)).toEqual(['S2 1h', 'U2 5m', 'c 5m']);
    expect(body).toMatchObject({ cache_control: { type: 'ephemeral' } });
    expect(warnings).toEqual(['cache']);
  });

  it('raises what stands before a marker of an hour to an hour', () => {
    const { body, warnings } = encode({
      tools: [{ name: 'f', cache: {} }],
      messages: [
        { role: 'system', content: [marked('S', '5m')] },
        { role: 'user', content: [marked('U', '1h'), marked('V')] },
      ],
    });
    expect(markers(body)).toEqual(['f 1h', 'S 1h', 'U 1h', 'V 5m']);
    expect(warnings).toEqual(['cache']);
  });

  it('raises all where the marker of the request is one of an hour', () => {
    const { body } = encode({
      messages: [{ role: 'user', content: [marked('U'), { type: 'text', text: 'V' }] }],
      providerOptions: { anthropic: { cache_control: { type: 'ephemeral', ttl: '1h' } } },
    });
    expect(markers(body)).toEqual(['U 1h']);
  });

  it('leaves the marker of the request out where the last block has one of another lifetime', () => {
    const { body, warnings } = encode({
      messages: [{ role: 'user', content: [marked('U', '1h')] }],
      providerOptions: { anthropic: { cache_control: { type: 'ephemeral' } } },
    });
    expect(markers(body)).toEqual(['U 1h']);
    expect(body).not.toHaveProperty('cache_control');
    expect(warnings).toEqual(['cache_control']);
  });

  it('counts markers inside results, documents and tools of the provider, and leaves the request untouched', () => {
    const request: Partial<ChatRequest> = {
      tools: [
        {
          type: 'provider',
          format: 'anthropic-messages',
          value: { type: 'memory_20250818', name: 'memory', cache_control: { type: 'ephemeral' } },
        },
      ],
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', id: 'c', content: [marked('in'), marked('too')], cache: {} },
          ],
        },
        { role: 'user', content: [marked('U1'), marked('U2')] },
      ],
    };
    const before = structuredClone(request);
    expect(markers(encode(request).body)).toEqual(['memory 5m', 'c 5m', 'U1 5m', 'U2 5m']);
    expect(request).toEqual(before);
  });

  it('tells of a marker on reasoning, which cannot have one', () => {
    const { warnings } = encode({
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              text: 'hm',
              opaque: { format: 'anthropic-messages', value: { signature: 's' } },
              cache: {},
            },
          ],
        },
        { role: 'user', content: 'y' },
      ],
    });
    expect(warnings).toEqual(['messages[1].content[0].cache']);
  });

  it('never sends more than four, nor an hour after five minutes, whatever is asked', () => {
    const parts = fc
      .array(cache, { maxLength: 6 })
      .map((list) =>
        list.map((one, index) => ({ type: 'text' as const, text: `t${index}`, cache: one })),
      );
    fc.assert(
      fc.property(parts, parts, parts, fc.constantFrom(undefined, '5m', '1h'), (a, b, c, ttl) => {
        const { body } = encode({
          messages: [
            { role: 'system', content: a },
            { role: 'user', content: [{ type: 'text', text: 'q' }, ...b] },
            { role: 'assistant', content: 'ok' },
            { role: 'user', content: [{ type: 'text', text: 'q' }, ...c] },
          ],
          providerOptions:
            ttl === undefined
              ? undefined
              : { p: {}, anthropic: { cache_control: { type: 'ephemeral', ttl } } },
        });
        const control = body['cache_control'];
        const all = markers(body);
        if (isJsonObject(control)) all.push(`top ${String(control['ttl'] ?? '5m')}`);
        expect(all.length).toBeLessThanOrEqual(4);
        const order = all.map((label) => label.slice(-2));
        expect(order.lastIndexOf('1h')).toBeLessThan(
          order.includes('5m') ? order.indexOf('5m') : Infinity,
        );
      }),
    );
  });
});
