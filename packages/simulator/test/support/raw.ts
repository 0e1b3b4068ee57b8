import { connect } from 'node:net';

/** What came over a connection, byte for byte, and how it ended. */
export interface RawAnswer {
  readonly head: string;
  /** Without the framing of chunks, where it was chunked. */
  readonly body: string;
  /** `end`: the body was whole; `fin`: the connection ended before that; `reset`: RST; `open`: nothing for a while. */
  readonly ended: 'end' | 'fin' | 'reset' | 'open';
  /** How many reads it took. */
  readonly reads: number;
}

/** Sends one POST over a socket of its own and reads until the answer ends, the connection ends, or nothing comes for `quietMs`. */
export function rawPost(
  base: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  quietMs = 10_000,
): Promise<RawAnswer> {
  const url = new URL(base + path);
  const text = JSON.stringify(body);
  const lines = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    const chunks: Buffer[] = [];
    let size = 0;
    let tail = '';
    let head: string | undefined;
    let quiet = setTimeout(() => finish('open'), quietMs + 2000);
    const finish = (ended: RawAnswer['ended']): void => {
      clearTimeout(quiet);
      socket.destroy();
      resolve({ ...parsed(Buffer.concat(chunks)), ended, reads: chunks.length });
    };
    // Looks at no more than the end of what came: answers of one byte a read and of 128 MB pass here.
    const isWhole = (): boolean => {
      head ??= headOf(chunks);
      if (head === undefined) return false;
      const length = /content-length: (\d+)/iu.exec(head)?.[1];
      return length === undefined
        ? tail.endsWith('\r\n0\r\n\r\n')
        : size >= head.length + 4 + Number(length);
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      tail = (tail + chunk.subarray(-8).toString('latin1')).slice(-8);
      clearTimeout(quiet);
      quiet = setTimeout(() => finish('open'), quietMs);
      if (isWhole()) finish('end');
    });
    socket.on('end', () => finish('fin'));
    socket.on('error', () => finish('reset'));
    socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`);
  });
}

function headOf(chunks: readonly Buffer[]): string | undefined {
  const text = Buffer.concat(chunks).toString('latin1');
  const split = text.indexOf('\r\n\r\n');
  return split < 0 ? undefined : text.slice(0, split);
}

function parsed(bytes: Buffer): Pick<RawAnswer, 'head' | 'body'> {
  const split = bytes.indexOf('\r\n\r\n');
  if (split < 0) return { head: bytes.toString('latin1'), body: '' };
  const head = bytes.subarray(0, split).toString('latin1');
  const rest = bytes.subarray(split + 4);
  if (!/transfer-encoding: chunked/iu.test(head)) return { head, body: rest.toString('utf8') };
  const pieces: Buffer[] = [];
  for (let at = 0; at < rest.length;) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) break;
    const size = Number.parseInt(rest.subarray(at, line).toString('latin1'), 16);
    if (size === 0) break;
    pieces.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return { head, body: Buffer.concat(pieces).toString('utf8') };
}
