import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../src/index.js';
import { REDACTED_TRIGGER } from '../src/protocols/anthropic/extra-parts.js';

// The two lines have the same methods; the newer types are asked.
const lines = [
  ['0.x', Anthropic0 as unknown as typeof Anthropic, '2023-06-01'],
  ['1.x', Anthropic, '2026-10-21'],
] as const;

const tools: Anthropic.Tool[] = [
  {
    name: 'look_up',
    description: 'Looks a word up',
    input_schema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  },
];

describe.each(lines)('the official Anthropic client, line %s', (_line, Client, version) => {
  let simulator: Simulator;
  let client: Anthropic;

  beforeEach(async () => {
    simulator = createSimulator();
    await simulator.listen();
    client = new Client({
      baseURL: simulator.baseUrls.anthropic,
      apiKey: 'sk-ant-test-1234',
      maxRetries: 0,
    });
  });
  afterEach(() => simulator.close());

  const base = { model: 'sim-claude', max_tokens: 4000 };
  const ask = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam[] => [
    { role: 'user', content },
  ];

  it(`speaks version ${version}`, async () => {
    const versions: unknown[] = [];
    const watching = new Client({
      baseURL: simulator.baseUrls.anthropic,
      apiKey: 'k',
      fetch: (url, init) => {
        versions.push(new Headers(init?.headers).get('anthropic-version'));
        return fetch(url, init);
      },
    });
    await watching.messages.create({ ...base, messages: ask('Hello') });
    expect(versions).toEqual([version]);
  });

  it('gets thinking before and between calls, and redacted thinking, which must come back whole and in order', async () => {
    const thinking = { type: 'adaptive' } as const;
    const question = ask(`Use the look_up tool with 3 parallel calls. ${REDACTED_TRIGGER}`);
    const body = { ...base, thinking, tools, messages: question };
    const unary = await client.messages.create(body);
    const first = await client.messages.stream(body).finalMessage();
    expect(first.content).toEqual(unary.content);
    expect(first.content.map(({ type }) => type)).toEqual([
      'thinking',
      'redacted_thinking',
      'tool_use',
      'thinking',
      'tool_use',
      'thinking',
      'tool_use',
    ]);
    expect(first.usage.output_tokens).toBe(unary.usage.output_tokens);
    const results = first.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'found' }]
        : [],
    );
    const next = (content: Anthropic.ContentBlock[]) =>
      client.messages.create({
        ...body,
        messages: [
          ...question,
          { role: 'assistant', content: content as Anthropic.ContentBlockParam[] },
          { role: 'user', content: results },
        ],
      });
    const after = await next(first.content);
    expect(after.content[0]?.type).toBe('thinking');
    expect(JSON.stringify(after.content)).toContain('found');

    const [thought, redacted, ...rest] = first.content as [
      Anthropic.ThinkingBlock,
      Anthropic.RedactedThinkingBlock,
      ...Anthropic.ContentBlock[],
    ];
    await expect(next([redacted, thought, ...rest])).rejects.toThrow(/cannot be modified/u);
    await expect(next([thought, ...rest])).rejects.toThrow(/cannot be modified/u);
    await expect(next([{ ...thought, thinking: 'other' }, redacted, ...rest])).rejects.toThrow(
      /cannot be modified/u,
    );
    await expect(next([{ ...thought, signature: 'x' }, redacted, ...rest])).rejects.toThrow(
      /Invalid `signature`/u,
    );
  });

  it('gets no text of thinking where it is omitted, and sends it back so', async () => {
    const thinking = { type: 'adaptive', display: 'omitted' } as const;
    const question = ask('Use the look_up tool.');
    const body = { ...base, thinking, tools, messages: question };
    const first = await client.messages.stream(body).finalMessage();
    const [thought, call] = first.content;
    expect(thought).toMatchObject({ type: 'thinking', thinking: '' });
    expect((thought as Anthropic.ThinkingBlock).signature).not.toBe('');
    if (call?.type !== 'tool_use') return expect.unreachable();
    const messages: Anthropic.MessageParam[] = [
      ...question,
      { role: 'assistant', content: first.content as Anthropic.ContentBlockParam[] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'ok' }] },
    ];
    expect((await client.messages.create({ ...body, messages })).type).toBe('message');
  });

  it('gets thinking only between tools where it asks for that', async () => {
    const { content } = await client.messages.create({
      ...base,
      thinking: { type: 'between_tools' },
      tools,
      messages: ask('Use the look_up tool with 2 parallel calls.'),
    });
    expect(content.map(({ type }) => type)).toEqual(['tool_use', 'thinking', 'tool_use']);
  });

  it('gets citations of every kind, streamed and not', async () => {
    const enabled = { citations: { enabled: true } };
    const text = { type: 'text', media_type: 'text/plain', data: 'The tide is high. ' } as const;
    const body = {
      ...base,
      messages: ask([
        { type: 'document', source: text, title: 'Tides', ...enabled },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
          ...enabled,
        },
        {
          type: 'document',
          source: { type: 'content', content: [{ type: 'text', text: 'A block of words.' }] },
          ...enabled,
        },
        {
          type: 'search_result',
          source: 'https://example.test/a',
          title: 'A',
          content: [{ type: 'text', text: 'Found words.' }],
          ...enabled,
        },
        { type: 'text', text: 'How high is the tide?' },
      ]),
    };
    const unary = await client.messages.create(body);
    const streamed = await client.messages.stream(body).finalMessage();
    expect(streamed.content).toEqual(unary.content);
    const [block] = unary.content;
    if (block?.type !== 'text') return expect.unreachable();
    expect(block.citations?.map((citation) => [citation.type, citation.cited_text])).toEqual([
      ['char_location', 'The tide is high. '],
      ['page_location', 'Simulated words of a page.'],
      ['content_block_location', 'A block of words.'],
      ['search_result_location', 'Found words.'],
    ]);
    // Taken back as it came.
    const messages: Anthropic.MessageParam[] = [
      ...body.messages,
      { role: 'assistant', content: unary.content as Anthropic.ContentBlockParam[] },
      { role: 'user', content: 'And now?' },
    ];
    expect((await client.messages.create({ ...base, messages })).type).toBe('message');
  });

  it('gets a search that the server made, with its result and its citation', async () => {
    const body = {
      ...base,
      tools: [{ type: 'web_search_20250305', name: 'web_search' } as const],
      messages: ask('Please search for tides.'),
    };
    const unary = await client.messages.create(body);
    const streamed = await client.messages.stream(body).finalMessage();
    expect(streamed.content).toEqual(unary.content);
    expect(unary.content).toMatchObject([
      { type: 'server_tool_use', name: 'web_search', input: { query: 'Please search for tides.' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_sim1' },
      { type: 'text', citations: [{ type: 'web_search_result_location' }] },
    ]);
  });

  it('is refused more than four cache markers', async () => {
    const marked = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } } as const;
    await expect(
      client.messages.create({ ...base, messages: ask([marked, marked, marked, marked, marked]) }),
    ).rejects.toThrow(/A maximum of 4 blocks with cache_control may be provided. Found 5/u);
  });

  it('runs a message batch: created, polled, read in another order, with errors of its items', async () => {
    const params = { ...base, messages: ask('Hello') };
    const created = await client.messages.batches.create({
      requests: [
        { custom_id: 'good', params },
        { custom_id: 'bad', params: { ...params, model: 'nobody' } },
        { custom_id: 'wrong', params: { ...params, max_tokens: 'x' as unknown as number } },
      ],
    });
    expect(created).toMatchObject({
      processing_status: 'in_progress',
      request_counts: { processing: 3, succeeded: 0 },
      results_url: null,
    });
    let batch = created;
    await expect
      .poll(async () => {
        batch = await client.messages.batches.retrieve(created.id);
        return batch.processing_status;
      })
      .toBe('ended');
    expect(batch.request_counts).toMatchObject({ processing: 0, succeeded: 1, errored: 2 });
    const seen: Record<string, string> = {};
    for await (const { custom_id: id, result } of await client.messages.batches.results(batch.id))
      seen[id] = result.type;
    expect(Object.keys(seen)).toEqual(['wrong', 'bad', 'good']);
    expect(seen).toEqual({ good: 'succeeded', bad: 'errored', wrong: 'errored' });
    const listed = await client.messages.batches.list();
    expect(listed.data.map(({ id }) => id)).toEqual([created.id]);
    expect(await client.messages.batches.delete(created.id)).toMatchObject({ id: created.id });
    await expect(client.messages.batches.retrieve(created.id)).rejects.toThrow(/404/u);
  });

  it('cancels a batch', async () => {
    const params = { ...base, messages: ask('Hello') };
    const { id } = await client.messages.batches.create({ requests: [{ custom_id: 'a', params }] });
    expect((await client.messages.batches.cancel(id)).processing_status).toBe('canceling');
    await expect
      .poll(async () => (await client.messages.batches.retrieve(id)).processing_status)
      .toBe('ended');
    for await (const { result } of await client.messages.batches.results(id))
      expect(result.type).toBe('canceled');
    expect(simulator.bill.count).toBe(0);
  });

  it('counts by the rules of messages, without what only an answer has use for', async () => {
    const counted = { model: base.model, messages: ask('Hello') };
    await expect(client.messages.countTokens({ ...base, messages: ask('Hello') })).rejects.toThrow(
      'max_tokens: Extra inputs are not permitted',
    );
    const headers = { 'anthropic-version': '2024-01-01' };
    await expect(client.messages.countTokens(counted, { headers })).rejects.toThrow(
      'is not a valid version',
    );
    await expect(
      client.messages.countTokens({
        ...counted,
        model: 'claude-opus-4-8',
        thinking: { type: 'enabled', budget_tokens: 2048 },
      }),
    ).rejects.toThrow('thinking');
  });

  it('counts tokens of a prompt with tools, and pages through the models', async () => {
    const plain = await client.messages.countTokens({ model: base.model, messages: ask('Hello') });
    const more = await client.messages.countTokens({
      model: base.model,
      tools,
      messages: ask('Hello'),
    });
    expect(more.input_tokens).toBeGreaterThan(plain.input_tokens);
    const ids: string[] = [];
    for await (const model of client.models.list({ limit: 1 })) ids.push(model.id);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
