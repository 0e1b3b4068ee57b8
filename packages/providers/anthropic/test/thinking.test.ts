import {
  InferwayError,
  type AssistantMessage,
  type ChatInput,
  type Message,
  type ToolMessage,
} from '@inferway/core';
import { cache } from '@inferway/core/caching';
import { memoryCache } from '@inferway/core/stores';
import { describe, expect, it } from 'vitest';
import { simulated } from './support/simulated.js';

const here = simulated();

// The API's own word for it, in its documentation of extended thinking.
const REDACT =
  'ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB';
const question: Message = {
  role: 'user',
  content: `Use the look_up tool with 3 parallel calls. ${REDACT}`,
};
const settings = {
  model: 'anthropic/sim-claude',
  reasoning: 'high',
  tools: [
    {
      name: 'look_up',
      parameters: {
        type: 'object',
        properties: { word: { type: 'string' } },
        required: ['word'],
      },
    },
  ],
} as const satisfies Partial<ChatInput> & { model: string };
const first = { ...settings, messages: [question] };

function resultsFor(message: AssistantMessage): ToolMessage {
  const parts = typeof message.content === 'string' ? [] : message.content;
  return {
    role: 'tool',
    content: parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ type: 'tool-result', id: part.id, content: 'found it' }] : [],
    ),
  };
}

const followUp = (message: AssistantMessage) => ({
  ...settings,
  messages: [question, message, resultsFor(message)],
});

const kinds = ({ content }: AssistantMessage): string[] =>
  typeof content === 'string' ? [] : content.map(({ type }) => type);

/** The blocks that the simulator was sent for the assistant's turn. */
function sentTurn(): unknown {
  const body = here.simulator.requests.at(-1)?.body as { messages: { content: unknown }[] };
  return body.messages[1]?.content;
}

const failureOf = (call: Promise<unknown>): Promise<InferwayError> =>
  call.then(
    () => expect.unreachable() as never,
    (reason: unknown) => InferwayError.from(reason),
  );

describe('thinking in a turn of several tool calls', () => {
  it('keeps its order between the calls, streamed and not', async () => {
    const client = here.client();
    const unary = await client.chat(first);
    const streamed = await (await client.chat.stream(first)).result;
    expect(kinds(unary.message)).toEqual([
      'reasoning',
      'reasoning',
      'tool-call',
      'reasoning',
      'tool-call',
      'reasoning',
      'tool-call',
    ]);
    expect(streamed.message).toEqual(unary.message);
    expect(unary.usage?.reasoningTokens).toBeGreaterThan(0);
  });

  it.each(['unary', 'streamed'])(
    'is sent back to the letter, %s, and through JSON',
    async (shape) => {
      const client = here.client();
      const answer =
        shape === 'unary'
          ? await client.chat(first)
          : await (
              await client.chat.stream(first)
            ).result;
      const next = await client.chat(
        followUp(JSON.parse(JSON.stringify(answer.message)) as AssistantMessage),
      );
      expect(next.text).toContain('found it');
      const blocks = sentTurn() as { type: string; signature?: string; data?: string }[];
      expect(blocks.map(({ type }) => type).slice(0, 3)).toEqual([
        'thinking',
        'redacted_thinking',
        'tool_use',
      ]);
      // The simulator refuses whatever was changed; these are its own words.
      const raw = await client.send(
        'chat',
        { messages: [question], tools: [...settings.tools], reasoning: { effort: 'high' } },
        {
          model: settings.model,
          stream: false,
        },
      );
      if (raw.stream) return expect.unreachable();
      const given = raw.result.message.content.flatMap((part) =>
        part.type === 'reasoning' ? [part.opaque?.value] : [],
      );
      const sent = blocks.flatMap(({ type, signature, data }): unknown[] =>
        type === 'thinking' ? [{ signature }] : type === 'redacted_thinking' ? [{ data }] : [],
      );
      expect(sent).toEqual(given);
    },
  );

  it('is whole after a replay from the cache, in either shape', async () => {
    const middleware = [
      cache({ store: memoryCache(), ttlMs: 60_000, scope: 'shared', toolCalls: true }),
    ];
    const client = here.client({}, middleware);
    const made = await client.chat(first);
    const before = here.simulator.requests.length;
    const replayed = await (await client.chat.stream(first)).result;
    const again = await client.chat(first);
    expect(here.simulator.requests.length).toBe(before);
    expect(replayed.meta.cache).toBe('hit');
    for (const { message } of [replayed, again]) {
      expect(message).toEqual(made.message);
      expect((await here.client().chat(followUp(message))).text).toContain('found it');
    }
  });

  it.each<[string, (parts: AssistantMessage['content'][number][]) => unknown[], RegExp]>([
    [
      'a text that was changed',
      ([one, ...rest]) => [{ ...(one as object), text: 'x' }, ...rest],
      /cannot be modified/u,
    ],
    ['a part that is missing', ([, ...rest]) => rest, /cannot be modified/u],
    ['another order', ([one, two, ...rest]) => [two, one, ...rest], /cannot be modified/u],
    [
      'a signature that was changed',
      ([one, ...rest]) => [
        { ...(one as object), opaque: { format: 'anthropic-messages', value: { signature: 'x' } } },
        ...rest,
      ],
      /Invalid `signature`/u,
    ],
  ])('%s is a typed 400', async (_what, change, message) => {
    const client = here.client();
    const answer = await client.chat(first);
    const changed = { ...answer.message, content: change([...answer.message.content] as never[]) };
    const error = await failureOf(client.chat(followUp(changed as AssistantMessage)));
    expect(error).toMatchObject({
      code: 'invalid_request',
      status: 400,
      retryable: false,
      provider: 'anthropic',
      requestId: expect.stringMatching(/^req_/u) as string,
    });
    expect(error.message).toMatch(message);
  });
});

describe('the forms of thinking', () => {
  it('adaptive with an effort; its text where `display` asks for none stays away and its signature comes back', async () => {
    const client = here.client();
    const omitted = {
      ...settings,
      messages: [{ role: 'user', content: 'Use the look_up tool.' } as const],
      providerOptions: { anthropic: { thinking: { display: 'omitted' as const } } },
    };
    const answer = await (await client.chat.stream(omitted)).result;
    expect(here.simulator.requests.at(-1)?.body).toMatchObject({
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'high' },
    });
    const [thought] = answer.message.content;
    expect(thought).toMatchObject({ type: 'reasoning', text: '' });
    const next = await client.chat({
      ...omitted,
      messages: [...omitted.messages, answer.message, resultsFor(answer.message)],
    });
    expect(next.text).toContain('found it');
  });

  it('by a budget, off, and between tools in the provider’s own words', async () => {
    const client = here.client();
    const sent = async (more: object): Promise<unknown> => {
      await client.chat({ ...first, ...more });
      const body = here.simulator.requests.at(-1)?.body as { thinking?: unknown } | undefined;
      return body?.thinking;
    };
    expect(await sent({ reasoning: { maxTokens: 2000 }, maxOutputTokens: 4000 })).toEqual({
      type: 'enabled',
      budget_tokens: 2000,
    });
    expect(await sent({ reasoning: 'none' })).toEqual({ type: 'disabled' });
    const own = { anthropic: { thinking: { type: 'between_tools' as const } } };
    const { message } = await client.chat({ ...first, reasoning: undefined, providerOptions: own });
    expect(kinds(message)).toEqual([
      'tool-call',
      'reasoning',
      'tool-call',
      'reasoning',
      'tool-call',
    ]);
    expect((await client.chat({ ...followUp(message), providerOptions: own })).text).toContain(
      'found',
    );
  });
});

describe('reasoning of another provider', () => {
  const foreign = [
    [
      'openai-responses',
      { format: 'openai-responses', value: { id: 'rs_1', encrypted_content: 'x' } },
    ],
    ['openai-chat, without a signature', undefined],
    ['google', { format: 'gemini', value: { thoughtSignature: 'c2ln' } }],
  ] as const;

  it.each(foreign)(
    'of %s is left out with a warning, and its calls are taken',
    async (_name, opaque) => {
      const client = here.client();
      const message: AssistantMessage = {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: 'I should look it up.',
            ...(opaque === undefined ? {} : { opaque }),
          },
          { type: 'text', text: 'Let me see.' },
          { type: 'tool-call', id: 'call_abc', name: 'look_up', arguments: '{"word":"tide"}' },
        ],
      };
      const answer = await client.chat(followUp(message));
      expect(answer.text).toContain('found it');
      expect(sentTurn()).toMatchObject([{ type: 'text' }, { type: 'tool_use', id: 'call_abc' }]);
      expect(answer.meta.warnings).toMatchObject([
        { type: 'unsupported', setting: 'messages[1].content[0]' },
      ]);
    },
  );
});
