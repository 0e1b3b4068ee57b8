import type { IncomingMessage } from 'node:http';

/** The body as text, or undefined where it is larger than `limit` bytes. Rejects where the client leaves. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<string | undefined> {
  return (await readBytes(request, limit))?.toString('utf8');
}

/** The body as it came, or undefined where it is larger than `limit` bytes. Rejects where the client leaves. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.once('end', () => {
      resolve(size > limit ? undefined : Buffer.concat(chunks, size));
    });
    request.once('error', reject);
    request.once('close', () => {
      if (!request.complete) reject(new Error('The client left before its request was whole.'));
    });
  });
}
