import type { ChatRequest, Message } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assistant, long, markers, placed, send, system, user } from './rig.js';

describe('markers are placed', () => {
  test('behind tools and system prompt', async () => {
    const tools = [{ name: 'f', description: 'short' }, { name: 'g' }];
    expect(await placed({ tools, messages: [system(long), user('hi')] })).toEqual(['0.0']);
    expect(await placed({ messages: [system('be kind'), system(long), user('hi')] })).toEqual([
      '1.0',
    ]);
    const described = [{ name: 'f' }, { name: 'g', description: long }];
    expect(await placed({ tools: described, messages: [user('hi')] })).toEqual(['tools.1']);
    expect(await placed({ tools: described, messages: [system('be kind'), user('hi')] })).toEqual([
      'tools.1',
      '0.0',
    ]);
  });

  test('behind a long document that something follows', async () => {
    const document = { type: 'file', file: { type: 'text', text: long }, name: 'a' } as const;
    const question = { type: 'text', text: 'what does it say?' } as const;
    expect(await placed({ messages: [{ role: 'user', content: [document, question] }] })).toEqual([
      '0.0',
    ]);
    expect(await placed({ messages: [{ role: 'user', content: [question, document] }] })).toEqual(
      [],
    );
    expect(await placed({ messages: [{ role: 'user', content: [question, question] }] })).toEqual(
      [],
    );
  });

  test('behind the conversation so far, and where it was a turn ago', async () => {
    const talk = [user(long), assistant('a'), user('b'), assistant('c'), user('d')];
    expect(await placed({ messages: talk })).toEqual(['2.0', '4.0']);
    expect(await placed({ messages: [system(long), ...talk] })).toEqual(['0.0', '3.0', '5.0']);
    expect(await placed({ messages: talk.slice(0, 1) })).toEqual([]);
  });

  test('behind results of tools, and never in what the assistant said', async () => {
    const call = { type: 'tool-call', id: '1', name: 'f', arguments: '{}' } as const;
    const answer = { type: 'tool-result', id: '1', content: long } as const;
    const messages: Message[] = [
      user('hi'),
      { role: 'assistant', content: [call] },
      { role: 'tool', content: [answer, { ...answer, id: '2' }] },
    ];
    expect(await placed({ messages })).toEqual(['2.1']);
    expect(await placed({ messages: [...messages, assistant('prefix')] })).toEqual([]);
  });

  test('never behind what is shorter than the provider keeps', async () => {
    const short = 'x'.repeat(4 * 1024 - 4);
    expect(await placed({ messages: [system(short), user('hi')] })).toEqual([]);
    expect(await placed({ messages: [system(`${short}yyyy`), user('hi')] })).toEqual(['0.0']);
    const rule = { how: 'markers', minTokens: 1 } as const;
    expect(await placed({ messages: [system('ok'), user('hi')] }, rule)).toEqual(['0.0']);
    expect(await placed({ messages: [system(''), user('hi')] }, rule)).toEqual([]);
    // The API refuses a marker on an empty text.
    const parts: Message = {
      role: 'system',
      content: [
        { type: 'text', text: 'ok' },
        { type: 'text', text: '' },
      ],
    };
    expect(await placed({ messages: [parts, user('hi')] }, rule)).toEqual(['0.0']);
  });

  test('no more than the provider takes, the most worthwhile first', async () => {
    const tools = [{ name: 'f', description: long }];
    const document = { type: 'file', file: { type: 'text', text: long } } as const;
    const request: ChatRequest = {
      tools,
      messages: [
        system(long),
        { role: 'user', content: [document, { type: 'text', text: 'a' }] },
        assistant('b'),
        user('c'),
      ],
    };
    expect(await placed(request)).toEqual(['0.0', '1.0', '1.1', '3.0']);
    expect(await placed(request, { how: 'markers', maxMarkers: 1 })).toEqual(['0.0']);
    expect(await placed(request, { how: 'markers', maxMarkers: 2 })).toEqual(['0.0', '3.0']);
    expect(await placed(request, { how: 'markers', maxMarkers: 9 })).toEqual([
      'tools.0',
      '0.0',
      '1.0',
      '1.1',
      '3.0',
    ]);
  });

  test('with lifetimes that never grow along the prompt', async () => {
    const document = { type: 'file', file: { type: 'text', text: long } } as const;
    const { request } = await send(
      {
        messages: [
          system(long),
          user('a'),
          assistant('b'),
          { role: 'user', content: [document, { type: 'text', text: 'c' }] },
        ],
      },
      { how: 'markers', ttl: '1h' },
    );
    const lifetimes = request.messages.flatMap(({ content }) =>
      typeof content === 'string'
        ? []
        : content.map((part: { cache?: object | undefined }) => part.cache),
    );
    expect(lifetimes).toEqual([{ ttl: '1h' }, {}, {}, {}]);
  });

  test('whatever the request, in known places only; the text and the given request stay as they are', async () => {
    const text = fc.constantFrom('', 'short', long);
    const part = fc.oneof(
      fc.record({ type: fc.constant('text' as const), text }),
      fc.record({
        type: fc.constant('file' as const),
        file: fc.record({ type: fc.constant('text' as const), text }),
      }),
    );
    const message = fc.oneof(
      text.map(system),
      text.map(user),
      text.map(assistant),
      fc.array(part, { maxLength: 3 }).map((content): Message => ({ role: 'user', content })),
    );
    const request = fc.record({
      messages: fc.array(message, { maxLength: 6 }),
      tools: fc.option(
        fc.array(fc.record({ name: fc.constant('f'), description: text }), { maxLength: 3 }),
        { nil: undefined },
      ),
    });
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const before = structuredClone(given);
        const sent = await send(given);
        expect(given).toEqual(before);
        expect(markers(sent.request).length).toBeLessThanOrEqual(4);
        const told = sent.events.find(({ type }) => type === 'prompt-cache');
        expect(told).toMatchObject({ markers: markers(sent.request).length });
        expect(plain(sent.request)).toEqual(plain(given));
        for (const { role, content } of sent.request.messages) {
          if (role === 'assistant') expect(typeof content).toBe('string');
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Without markers, and with every text as a list of parts. */
function plain({ messages, tools }: ChatRequest): unknown {
  const bare = (part: object): object => ({ ...part, cache: undefined });
  return {
    tools: tools?.map(bare),
    messages: messages.map((message) => ({
      ...message,
      content:
        typeof message.content === 'string'
          ? [{ type: 'text', text: message.content }]
          : message.content.map(bare),
    })),
  };
}

describe('a caller’s own markers', () => {
  const base: ChatRequest = { messages: [system(long), user('hi')] };
  test.each<[string, ChatRequest]>([
    [
      'on a part',
      {
        messages: [
          system(long),
          { role: 'user', content: [{ type: 'text', text: 'hi', cache: {} }] },
        ],
      },
    ],
    ['on a tool', { ...base, tools: [{ name: 'f', cache: { ttl: '1h' } }] }],
    [
      'in a result of a tool',
      {
        messages: [
          system(long),
          {
            role: 'tool',
            content: [
              { type: 'tool-result', id: '1', content: [{ type: 'text', text: 'x', cache: {} }] },
            ],
          },
        ],
      },
    ],
    [
      'for the whole request',
      { ...base, providerOptions: { fake: { cache_control: { type: 'ephemeral' } } } },
    ],
    [
      'in the caller’s own words',
      {
        ...base,
        passthrough: {
          format: 'anthropic-messages',
          fields: { cache_control: { type: 'ephemeral' } },
        },
      },
    ],
    [
      'on a provider’s own tool',
      {
        ...base,
        tools: [
          {
            type: 'provider',
            format: 'anthropic-messages',
            value: { type: 'x', cache_control: { type: 'ephemeral' } },
          },
        ],
      },
    ],
  ])('%s are all there are', async (_where, request) => {
    const sent = await send(request);
    expect(sent.request.messages).toEqual(request.messages);
    expect(sent.request.tools).toEqual(request.tools);
    expect(sent.events).toMatchObject([{ type: 'prompt-cache', markers: 0 }]);
  });

  test('of another provider are no matter', async () => {
    const request: ChatRequest = { ...base, providerOptions: { other: { cache_control: {} } } };
    expect(await placed(request)).toEqual(['0.0']);
  });
});
