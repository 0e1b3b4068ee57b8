import type { FilePart, ImagePart, ProviderPart, UserPart } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { MESSAGE, served, telling } from './support/served.js';
import { simulated } from './support/simulated.js';

const here = simulated();
const model = 'anthropic/sim-claude';
const FORMAT = 'anthropic-messages';
const cited = { format: FORMAT, value: { citations: { enabled: true } } };
const sent = (server: { seen: { body: unknown }[] }): { messages: { content: unknown }[] } =>
  server.seen.at(-1)?.body as never;

describe('documents and images', () => {
  const pdf = { type: 'base64', data: 'JVBERi0=', mediaType: 'application/pdf' } as const;
  it.each<[string, FilePart | ImagePart | ProviderPart, object]>([
    [
      'a PDF',
      { type: 'file', file: pdf, name: 'Report' },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
        title: 'Report',
      },
    ],
    [
      'text',
      { type: 'file', file: { type: 'text', text: 'words' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
    ],
    [
      'a text file',
      { type: 'file', file: { type: 'base64', data: 'w7wh', mediaType: 'text/csv' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ü!' } },
    ],
    [
      'a URL',
      { type: 'file', file: { type: 'url', url: 'https://e.test/a.pdf' } },
      { type: 'document', source: { type: 'url', url: 'https://e.test/a.pdf' } },
    ],
    [
      'an uploaded file, with context and citations',
      {
        type: 'file',
        file: { type: 'file-id', id: 'file_1' },
        opaque: { format: FORMAT, value: { context: 'of May', citations: { enabled: true } } },
      },
      {
        type: 'document',
        source: { type: 'file', file_id: 'file_1' },
        context: 'of May',
        citations: { enabled: true },
      },
    ],
    [
      'blocks',
      {
        type: 'provider',
        format: FORMAT,
        kind: 'document',
        value: { type: 'document', source: { type: 'content', content: 'words' } },
      },
      { type: 'document', source: { type: 'content', content: 'words' } },
    ],
    [
      'an image',
      { type: 'image', image: { type: 'base64', data: 'iVBO', mediaType: 'image/png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
    ],
    [
      'an image in a data: URL',
      { type: 'image', image: { type: 'url', url: 'data:image/webp;base64,UklG' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'UklG' } },
    ],
    [
      'an image’s URL',
      { type: 'image', image: { type: 'url', url: 'https://e.test/a.png' } },
      { type: 'image', source: { type: 'url', url: 'https://e.test/a.png' } },
    ],
    [
      'an uploaded image',
      { type: 'image', image: { type: 'file-id', id: 'file_2' } },
      { type: 'image', source: { type: 'file', file_id: 'file_2' } },
    ],
  ])('%s', async (_what, part, block) => {
    const { server, client } = await served();
    const content: UserPart[] = [part, { type: 'text', text: 'What is it?' }];
    await client.chat({ model, messages: [{ role: 'user', content }] });
    expect(sent(server).messages[0]?.content).toEqual([
      block,
      { type: 'text', text: 'What is it?' },
    ]);
  });

  it('of a kind that the API does not take are refused before sending, for another target to try', async () => {
    const { server, client } = await served();
    const file = { type: 'base64', data: 'UEs=', mediaType: 'application/zip' } as const;
    await expect(
      client.chat({ model, messages: [{ role: 'user', content: [{ type: 'file', file }] }] }),
    ).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'messages[0].content[0]',
      fallbackable: true,
    });
    expect(server.seen).toEqual([]);
  });
});

describe('citations', () => {
  const sources: UserPart[] = [
    {
      type: 'file',
      file: { type: 'text', text: 'The tide is high.' },
      name: 'Tides',
      opaque: cited,
    },
    {
      type: 'file',
      file: { type: 'base64', data: 'JVBERi0=', mediaType: 'application/pdf' },
      opaque: cited,
    },
    {
      type: 'provider',
      format: FORMAT,
      kind: 'document',
      value: {
        type: 'document',
        source: { type: 'content', content: [{ type: 'text', text: 'A block of words.' }] },
        citations: { enabled: true },
      },
    },
    {
      type: 'provider',
      format: FORMAT,
      kind: 'search_result',
      value: {
        type: 'search_result',
        source: 'https://e.test/a',
        title: 'A',
        content: [{ type: 'text', text: 'Found words.' }],
        citations: { enabled: true },
      },
    },
    { type: 'text', text: 'How high is it?' },
  ];
  const asked = { model, messages: [{ role: 'user', content: sources }] } as const;

  it('of every kind say what they quote, streamed and not, and come back as they were', async () => {
    const client = here.client();
    const unary = await client.chat(asked);
    const streamed = await (await client.chat.stream(asked)).result;
    expect(streamed.message).toEqual(unary.message);
    const [part] = unary.message.content;
    if (part?.type !== 'text') return expect.unreachable();
    expect(part.citations?.map(({ quote, title, url }) => ({ quote, title, url }))).toEqual([
      { quote: 'The tide is high.', title: 'Tides', url: undefined },
      { quote: 'Simulated words of a page.', title: undefined, url: undefined },
      { quote: 'A block of words.', title: undefined, url: undefined },
      { quote: 'Found words.', title: 'A', url: 'https://e.test/a' },
    ]);
    const message = JSON.parse(JSON.stringify(unary.message)) as typeof unary.message;
    await client.chat({
      model,
      messages: [...asked.messages, message, { role: 'user', content: 'Go on.' }],
    });
    const body = here.simulator.requests.at(-1)?.body as { messages: { content: unknown }[] };
    expect(body.messages[1]?.content).toEqual([
      {
        type: 'text',
        text: unary.text,
        citations: [
          expect.objectContaining({
            type: 'char_location',
            start_char_index: 0,
            end_char_index: 17,
          }),
          expect.objectContaining({ type: 'page_location', document_index: 1 }),
          expect.objectContaining({ type: 'content_block_location', document_index: 2 }),
          expect.objectContaining({ type: 'search_result_location', source: 'https://e.test/a' }),
        ],
      },
    ]);
  });

  it('of searches that the server made keep their encrypted index', async () => {
    const citation = {
      type: 'web_search_result_location',
      cited_text: 'words',
      url: 'https://e.test',
      title: 'T',
      encrypted_index: 'c2VjcmV0',
    };
    const content = [{ type: 'text', text: 'It is high.', citations: [citation] }];
    const { server, client } = await served(telling({ ...MESSAGE, content }));
    const answer = await (
      await client.chat.stream({ model, messages: [{ role: 'user', content: 'Hello' }] })
    ).result;
    expect(answer.message.content).toMatchObject([
      { citations: [{ url: 'https://e.test', title: 'T', quote: 'words' }] },
    ]);
    await client.chat({
      model,
      messages: [
        { role: 'user', content: 'Hello' },
        answer.message,
        { role: 'user', content: 'And?' },
      ],
    });
    expect(sent(server).messages[1]?.content).toEqual(content);
  });

  it('on the text of users, and documents of answers, go to the version that takes them only', async () => {
    const messages = [
      {
        role: 'user',
        content: [
          {
            type: 'text',
            text: 'As it says',
            citations: [
              { quote: 'x', opaque: { format: FORMAT, value: { type: 'char_location' } } },
            ],
          },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'See:' },
          { type: 'file', file: { type: 'text', text: 'words' } },
        ],
      },
      { role: 'user', content: 'Go on.' },
    ] as const;
    const older = here.client();
    await older.chat({ model, messages });
    expect(here.simulator.requests.at(-1)?.body).toMatchObject({
      messages: [{ content: [{ citations: [{}] }] }, { content: [{}, { type: 'document' }] }, {}],
    });
    // The simulator answers 400 to either of them in this version.
    const newer = await here.client({ version: '2026-10-21' }).chat({ model, messages });
    expect(newer.meta.warnings?.map(({ setting }) => setting)).toEqual([
      'messages[0].content[0].citations',
      'messages[1].content[1]',
    ]);
  });
});
