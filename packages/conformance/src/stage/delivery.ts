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
  if (answer.frames !== undefined) return chunked([bodyOf(answer)])(answer, connection);
  const headers = { 'content-type': 'application/json', ...answer.headers };
  return connection.write(wholeAnswer(answer.status ?? 200, answer.body ?? '', headers));
};

/** These pieces in the place of the body, each an HTTP chunk of its own, in one packet. */
export function chunked(pieces: readonly (string | Uint8Array)[]): Delivery {
  return (answer, connection) =>
    connection.write(
      Buffer.concat([
        Buffer.from(headOf({ ...answer, frames: [] })),
        ...pieces.filter((piece) => piece.length > 0).map((piece) => chunk(piece)),
        Buffer.from(LAST_CHUNK),
      ]),
    );
}

/** The body in these pieces, each in a packet of its own. */
export function packets(pieces: readonly (string | Uint8Array)[]): Delivery {
  return async (answer, connection) => {
    await connection.write(headOf({ ...answer, frames: [] }));
    for (const piece of pieces) {
      await connection.write(chunk(piece));
      await turn();
    }
    await connection.write(LAST_CHUNK);
  };
}

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

/** Head and these pieces of a body, and then `ending`. */
export function cut(pieces: readonly (string | Uint8Array)[], ending: Ending): Delivery {
  return async (answer, connection) => {
    const bytes = Buffer.concat([
      Buffer.from(headOf({ ...answer, frames: [] })),
      ...pieces.map((piece) => chunk(piece)),
    ]);
    await connection.write(
      ending === 'end' ? Buffer.concat([bytes, Buffer.from(LAST_CHUNK)]) : bytes,
    );
    await finish(connection, ending);
  };
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
