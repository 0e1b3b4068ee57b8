/** A whole HTTP answer with its length. */
export function answer(
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(head(status, { 'content-length': String(bytes.length), ...headers })),
    bytes,
  ]);
}

/** A whole JSON answer. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  return answer(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** The head of a chunked event stream. */
export function streamHead(headers: Readonly<Record<string, string>> = {}): string {
  return head(200, {
    'content-type': 'text/event-stream',
    'transfer-encoding': 'chunked',
    ...headers,
  });
}

export function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`;
}

/** One chunk of a chunked body. */
export function chunk(body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
}

export const LAST_CHUNK = '0\r\n\r\n';
