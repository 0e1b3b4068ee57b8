import { strictEqual } from 'node:assert/strict';
import type { EventOf, Operation } from '@inferway/core';
import { BytesBody, type Format, type WireBody } from '@inferway/wire';
import { readBody } from './read-body.js';
import { variantsOf } from './variants/variants-of.js';
import { jsonAnswer, type WireAnswer } from './wire-answer.js';
import type { WireScript } from './wire-script.js';

/** The server's doors of a format: all that the kit needs of it. */
export type ServerDoors<K extends Operation> = Pick<
  Format<K, object, WireBody | undefined, WireBody>,
  | 'name'
  | 'operation'
  | 'traits'
  | 'decodeRequest'
  | 'encodeResponse'
  | 'streamEncoder'
  | 'byteEncoder'
  | 'encodeError'
>;

const SSE = { 'content-type': 'text/event-stream' };

/** What a wire format's server says, as a script. */
export function formatScript<K extends Operation>(format: ServerDoors<K>): WireScript<K> {
  const { streamEncoder, byteEncoder } = format;
  const as = (id: string, model: string) => ({ id, model, created: 1, includeUsage: true });
  const framesOf = (
    encode: (events: readonly EventOf<K>[]) => string | Uint8Array,
    events: readonly EventOf<K>[],
  ): (string | Uint8Array)[] =>
    events
      .flatMap((event): (string | Uint8Array)[] => {
        const text = encode([event]);
        return typeof text === 'string' ? text.split(/(?<=\n\n)/u) : [text];
      })
      .filter((frame) => frame.length > 0);

  return {
    name: format.name,
    operation: format.operation,
    traits: format.traits,
    unary: (answer, { id, model }) => [
      bodyAnswer(format.encodeResponse(answer, as(`answer-${id}`, model))),
    ],
    ...(streamEncoder === undefined
      ? {}
      : {
          stream: (events, { id, model }) => {
            const encoder = streamEncoder(as(`answer-${id}`, model));
            return [{ headers: SSE, frames: framesOf((some) => encoder.encode(some), events) }];
          },
          failureFrame: (error) => streamEncoder(as('answer', 'm')).fail(error, undefined),
        }),
    ...(streamEncoder !== undefined || byteEncoder === undefined
      ? {}
      : {
          end: 'transport',
          stream: (events, { id, model }) => {
            const encoder = byteEncoder(as(`answer-${id}`, model));
            const frames = framesOf((some) => encoder.encode(some), events);
            return [{ headers: { 'content-type': encoder.mediaType }, frames }];
          },
        }),
    error: (error) => format.encodeError(error, undefined),
    unaryFailure: (error) => [jsonAnswer(format.encodeError(error, undefined))],
    async checkRequest(request, asked) {
      const { model, stream } = format.decodeRequest(await readBody(request));
      strictEqual(model, asked.model, 'the model in the request');
      strictEqual(stream, asked.stream, 'whether the request asks for a stream');
    },
    variants: variantsOf<K>(format.name),
  };
}

function bodyAnswer(body: WireBody): WireAnswer {
  if (body instanceof BytesBody) {
    return { headers: { 'content-type': body.mediaType }, body: body.data };
  }
  return jsonAnswer(body);
}
