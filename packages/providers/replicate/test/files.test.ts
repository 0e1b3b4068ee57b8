import type { ProviderFile, ProviderFiles } from '@inferway/provider-kit';
import { json, loopback } from '@inferway/provider-kit/testing';
import { createSimulator } from '@inferway/simulator';
import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { createReplicate } from '../src/index.js';
import { failureOf } from './support/world.js';

const fileSigning = { owner: 'acme', secret: 'a secret of the files' };
async function allOf(files: ProviderFiles): Promise<ProviderFile[]> {
  const all: ProviderFile[] = [];
  for await (const file of files.list()) all.push(file);
  return all;
}

const content = new Uint8Array(300).map((_, index) => index % 256);

it('Files are uploaded, listed, read, looked at and deleted', async () => {
  const simulator = createSimulator();
  await simulator.listen();
  const provider = createReplicate({
    apiKey: 'r8_key_of_a_test',
    baseUrl: simulator.baseUrls.replicate,
    fileSigning,
  });
  const { files } = provider;
  const file = await files.upload(new File([content], 'boat.png', { type: 'image/png' }));
  expect(file).toMatchObject({ type: 'file-id', name: 'boat.png', bytes: 300 });
  expect((file.expiresAt ?? 0) - (file.createdAt ?? 0)).toBe(86_400_000);
  expect(await files.get(file.id)).toEqual(file);
  expect(await allOf(files)).toEqual([file]);
  const got = await files.content(file.id);
  expect(got.mediaType).toBe('image/png');
  expect([...got.data]).toEqual([...content]);
  await files.delete(file.id);
  expect(await failureOf(files.get(file.id))).toMatchObject({ code: 'not_found', status: 404 });
  await provider.close?.();
  await simulator.close();
});

it('A download is signed, and is not asked for without a secret', async () => {
  const server = await loopback((_, response) => json(response, 200, {}));
  const address = { apiKey: 'r8_key_of_a_test', baseUrl: server.baseUrl };
  const signing = createReplicate({ ...address, fileSigning });
  await signing.files.content('f1');
  const asked = new URL(server.seen[0]?.url ?? '', server.baseUrl);
  const { owner, expiry, signature } = Object.fromEntries(asked.searchParams);
  expect(asked.pathname).toMatch(/\/files\/f1\/download$/u);
  expect(Number(expiry)).toBeGreaterThan(Date.now() / 1000);
  expect(owner).toBe('acme');
  expect(signature).toBe(
    createHmac('sha256', fileSigning.secret).update(`acme f1 ${expiry}`).digest('base64'),
  );
  const plain = createReplicate(address);
  expect(await failureOf(plain.files.content('f1'))).toMatchObject({
    code: 'unsupported',
    provider: 'replicate',
    sent: 'no',
  });
  expect(server.seen).toHaveLength(1);
  await Promise.all([signing.close?.(), plain.close?.()]);
  await server.close();
});

it('A listing goes on by the cursor of the address that it names, at our own address', async () => {
  const pages = [
    { results: [{ id: 'a' }], next: 'https://api.replicate.com/v1/files?cursor=two' },
    { results: [{ id: 'b' }], next: null },
  ];
  const server = await loopback((_, response) => json(response, 200, pages.shift()));
  const provider = createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl: server.baseUrl });
  const ids = (await allOf(provider.files)).map(({ id }) => id);
  expect(ids).toEqual(['a', 'b']);
  expect(server.seen[1]?.url).toMatch(/\/files\?cursor=two$/u);
  await provider.close?.();
  await server.close();
});
