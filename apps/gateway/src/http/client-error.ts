import type { Duplex } from 'node:stream';
import type { InFlight } from './in-flight.js';

interface Refusal {
  readonly status: string;
  readonly message: string;
}

const BAD_REQUEST: Refusal = {
  status: '400 Bad Request',
  message: 'The request is not well-formed HTTP.',
};

// By Node's own codes; no request object exists yet, so the caller's protocol is not known.
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: '431 Request Header Fields Too Large',
      message: 'The request headers are larger than what is taken here.',
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: '408 Request Timeout', message: 'The request did not arrive in time.' },
  ],
]);

/** Says what was wrong with bytes that are no request, unless an answer to an earlier one is being written: then the connection just ends. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  inFlight: InFlight,
): void {
  const answering = inFlight.on(socket);
  if (!socket.writable || error.code === 'ECONNRESET' || answering?.response.headersSent === true) {
    socket.destroy();
    return;
  }
  const { status, message } = REFUSALS.get(error.code ?? '') ?? BAD_REQUEST;
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code: null },
  });
  const head = [
    `HTTP/1.1 ${status}`,
    'connection: close',
    'cache-control: no-store',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
