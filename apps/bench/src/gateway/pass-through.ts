import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';

const FORWARDED = { 'content-type': 'application/json', authorization: 'Bearer bench' };

/**
 * The bare proxy that gateways are measured against: node:http in, undici out. With `json`, what passes is parsed and written again, the least
 * that any gateway does which looks at what it carries.
 */
export async function runPassThrough(upstream: string, json: boolean): Promise<void> {
  const dispatcher = new Agent({ connections: 256 });
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = json ? JSON.stringify(JSON.parse(bytes.toString())) : bytes;
      void forward(body).catch((error: unknown) => outgoing.destroy(error as Error));
    });
    const forward = async (body: string | Buffer): Promise<void> => {
      const url = upstream + (incoming.url ?? '/');
      const response = await request(url, { method: 'POST', headers: FORWARDED, body, dispatcher });
      const type = String(response.headers['content-type']);
      if (type.startsWith('application/json')) {
        const text = await response.body.text();
        outgoing.writeHead(response.statusCode, { 'content-type': type });
        outgoing.end(json ? JSON.stringify(JSON.parse(text)) : text);
        return;
      }
      outgoing.writeHead(response.statusCode, { 'content-type': type });
      if (!json) {
        for await (const part of response.body) outgoing.write(part);
      } else {
        await rewrite(response.body, (event) => outgoing.write(event));
      }
      outgoing.end();
    };
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function rewrite(
  body: AsyncIterable<unknown>,
  write: (event: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes as Uint8Array, { stream: true });
    let from = 0;
    for (;;) {
      const to = rest.indexOf('\n\n', from);
      if (to === -1) break;
      const data = rest.slice(from + 6, to);
      from = to + 2;
      write(
        data === '[DONE]' ? 'data: [DONE]\n\n' : `data: ${JSON.stringify(JSON.parse(data))}\n\n`,
      );
    }
    rest = rest.slice(from);
  }
}
