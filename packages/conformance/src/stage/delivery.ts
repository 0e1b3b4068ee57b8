import { answer as wholeAnswer, chunk, head, LAST_CHUNK } from '@inferway/provider-kit/testing';
import type { Connection } from '@inferway/provider-kit/testing';
import type { WireAnswer } from '../wire/wire-answer.js';

/** Puts an answer on the wire, or as much of it as its test wants. */
export type Delivery = (answer: WireAnswer, connection: Connection) => Promise<void>;

/** The status and headers that an answer begins with. */
export function headOf(answer: WireAnswer, more: Readonly<Record<string, string>> = {}): string {
  const framed = answer.frames !== undefined;
  return head(answer.status ?? 200, {
    'content-type': framed ? 'text/event-stream' : 'application/json',
    ...(framed ? { 'transfer-encoding': 'chunked' } : {}),
    ...answer.headers,
    ...more,
  });
}

/** The bytes of an answer's body. */
export function bodyOf(answer: WireAnswer): Buffer {
  return Buffer.concat((answer.frames ?? [answer.body ?? '']).map((piece) => Buffer.from(piece)));
}

/** All of it at once, properly ended. */
export const whole: Delivery = (answer, connection) => {
  if (answer.frames !== undefined) return chunked((body) => [body])(answer, connection);
  const headers = { 'content-type': 'application/json', ...answer.headers };
  return connection.write(wholeAnswer(answer.status ?? 200, answer.body ?? '', headers));
};

/** What comes after the pieces that are sent. */
export type Ending =
  /** The body ends as HTTP has it. */
  | 'end'
  /** The socket stays open and says nothing more. */
  | 'silence'
  /** The connection is closed without the body's end. */
  | 'close'
  /** The connection is reset. */
  | 'reset';

/** The pieces to send of a body. */
export type Pieces = (body: Buffer) => readonly (string | Uint8Array)[];

/** The pieces of a body as HTTP chunks in one packet: each reaches the adapter by itself. */
export function chunked(pieces: Pieces, ending: Ending = 'end'): Delivery {
  return async (answer, connection) => {
    const bytes = pieces(bodyOf(answer))
      .filter((piece) => piece.length > 0)
      .map((piece) => chunk(piece));
    if (ending === 'end') bytes.push(Buffer.from(LAST_CHUNK));
    await connection.write(Buffer.concat([Buffer.from(chunkedHead(answer)), ...bytes]));
    await finish(connection, ending);
  };
}

/** The pieces of a body each in a packet of its own. */
export function packets(pieces: Pieces): Delivery {
  return async (answer, connection) => {
    await connection.write(chunkedHead(answer));
    for (const piece of pieces(bodyOf(answer))) {
      await connection.write(chunk(piece));
      await turn();
    }
    await connection.write(LAST_CHUNK);
  };
}

function chunkedHead(answer: WireAnswer): string {
  return headOf(answer, { 'transfer-encoding': 'chunked' });
}

/** Nothing of the answer, then `ending`. */
export function nothing(ending: Exclude<Ending, 'end'>): Delivery {
  return (_answer, connection) => finish(connection, ending);
}

/** These bytes instead of the answer, status line and headers included. */
export function bytes(text: string | Uint8Array, ending: Ending = 'silence'): Delivery {
  return async (_answer, connection) => {
    await connection.write(text);
    await finish(connection, ending);
  };
}

async function finish(connection: Connection, ending: Ending): Promise<void> {
  if (ending === 'close') connection.socket.end();
  if (ending === 'reset') {
    // A reset overtakes what the reader has not taken yet.
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.socket.resetAndDestroy();
  }
}

/** Lets the other end of the socket read. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
