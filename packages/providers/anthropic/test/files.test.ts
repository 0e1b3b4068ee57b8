import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import { createClient, InferwayError } from '@inferway/core';
import { json, loopback } from '@inferway/provider-kit/testing';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnthropic } from '../src/index.js';

const apiKey = 'sk-ant-of-a-test';
const content = new Uint8Array(300).map((_, index) => index % 256);
const picture = (name: string): File => new File([content], name, { type: 'image/png' });

let simulator: Simulator;
beforeAll(async () => {
  simulator = createSimulator();
  await simulator.listen();
});
afterAll(() => simulator.close());

const lines = [
  ['0.x', Anthropic0 as unknown as typeof Anthropic, '2023-06-01'],
  ['1.x', Anthropic, '2026-10-21'],
] as const;

describe.each(lines)('files, line %s', (line, Client, version) => {
  it('that the official client keeps are there for the adapter, and the other way', async () => {
    const baseUrl = simulator.baseUrls.anthropic;
    const official = new Client({ apiKey: `${apiKey}-${line}`, baseURL: baseUrl, maxRetries: 0 });
    const adapter = createAnthropic({ apiKey: `${apiKey}-${line}`, baseUrl, version });
    const { files } = adapter;
    const theirs = await official.beta.files.upload({ file: picture('theirs.png') });
    const ours = await files.upload(picture('ours.png'));
    expect(ours).toMatchObject({ type: 'file-id', name: 'ours.png', bytes: 300 });
    expect(Math.abs((ours.createdAt ?? 0) - Date.now())).toBeLessThan(60_000);

    expect(await files.get(theirs.id)).toMatchObject({ id: theirs.id, name: 'theirs.png' });
    expect(await official.beta.files.retrieveMetadata(ours.id)).toEqual(ours.raw);
    const got = await files.content(theirs.id);
    expect([got.mediaType, ...got.data]).toEqual(['image/png', ...content]);
    const download = await official.beta.files.download(ours.id);
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(content);

    for (let count = 0; count < 20; count++) await files.upload(picture(`${count}.png`));
    const listed: string[] = [];
    for await (const { id } of files.list()) listed.push(id);
    const seen: string[] = [];
    for await (const { id } of official.beta.files.list({ limit: 7 })) seen.push(id);
    expect(listed).toEqual(seen);
    expect(new Set(listed).size).toBe(22);

    const client = createClient({ providers: [adapter] });
    await client.chat({
      model: 'anthropic/sim-claude',
      messages: [{ role: 'user', content: [{ type: 'image', image: ours }] }],
    });
    expect(simulator.requests.at(-1)?.body).toMatchObject({
      messages: [{ content: [{ source: { type: 'file', file_id: ours.id } }] }],
    });

    await files.delete(ours.id);
    expect(await official.beta.files.delete(theirs.id)).toMatchObject({ type: 'file_deleted' });
    for (const id of [ours.id, theirs.id]) {
      const reason = await files.get(id).catch(InferwayError.from);
      expect(reason).toMatchObject({ code: 'not_found', provider: 'anthropic', status: 404 });
    }
    await client.close();
  });
});

it('The beta of files is named where files are, once, beside those that are given', async () => {
  const pages = [
    { data: [{ id: 'file_1' }], has_more: true, last_id: 'file_1' },
    { data: [{ id: 'file_2' }], has_more: false },
  ];
  const server = await loopback((_, response) => json(response, 200, pages.shift() ?? {}));
  const adapter = createAnthropic({ apiKey, baseUrl: server.baseUrl, betas: ['other-2026-01-01'] });
  const ids: string[] = [];
  for await (const { id } of adapter.files.list()) ids.push(id);
  expect(ids).toEqual(['file_1', 'file_2']);
  expect(server.seen[1]?.url).toMatch(/\/v1\/files\?after_id=file_1$/u);

  const client = createClient({ providers: [adapter] });
  const ask = (part: { readonly type: 'text'; readonly text: string } | typeof image) =>
    client
      .chat({ model: 'anthropic/m', messages: [{ role: 'user', content: [part] }] })
      .catch(() => undefined);
  const image = { type: 'image', image: { type: 'file-id', id: 'file_1' } } as const;
  await ask(image);
  await ask({ type: 'text', text: 'Hi' });
  const both = 'other-2026-01-01,files-api-2025-04-14';
  expect(server.seen.map(({ headers }) => headers['anthropic-beta'])).toEqual([
    both,
    both,
    both,
    'other-2026-01-01',
  ]);

  const own = createAnthropic({
    apiKey,
    baseUrl: server.baseUrl,
    betas: ['files-api-2026-12-01'],
  });
  await own.files.delete('file_1');
  expect(server.seen.at(-1)?.headers['anthropic-beta']).toBe('files-api-2026-12-01');
  await Promise.all([client.close(), own.close?.()]);
  await server.close();
});

it('The simulator has files only for who names the beta, and refuses a form without a file', async () => {
  const url = `${simulator.baseUrls.anthropic}/v1/files`;
  const headers = { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' };
  expect((await fetch(url, { headers })).status).toBe(404);
  expect((await fetch(`${url}?beta=true`, { headers })).status).toBe(200);
  expect((await fetch(`${url}?beta=true`)).status).toBe(401);
  const body = new FormData();
  body.set('file', 'no file');
  const refused = await fetch(`${url}?beta=true`, { method: 'POST', headers, body });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { message: 'file: Field required' } });
});
