import { strictEqual } from 'node:assert/strict';
import type { EventOf, Operation } from '@inferway/core';
import {
  BytesBody,
  type EncodeAs,
  type Format,
  type StreamAs,
  type WireBody,
} from '@inferway/wire';
import { readBody } from './read-body.js';
import { variantsOf } from './variants/variants-of.js';
import { jsonAnswer, type WireAnswer, type WireCall } from './wire-answer.js';
import type { WireScript } from './wire-script.js';

/** The server's doors of a format: all that the kit needs of it. */
export type ServerDoors<K extends Operation> = Pick<
  Format<K, object, WireBody | undefined, WireBody>,
  | 'name'
  | 'operation'
  | 'traits'
  | 'answers'
  | 'decodeRequest'
  | 'encodeResponse'
  | 'streamEncoder'
  | 'byteEncoder'
  | 'encodeError'
>;

export interface FormatScriptOptions {
  /** Of a format that streams in two ways: as server-sent events, or as the bytes of a file. Default: events, where it has them. */
  readonly streamsAs?: 'events' | 'file' | undefined;
}

type Frames = readonly (string | Uint8Array)[];

/** What a wire format's server says, as a script. */
export function formatScript<K extends Operation>(
  format: ServerDoors<K>,
  options: FormatScriptOptions = {},
): WireScript<K> {
  const { streamEncoder, byteEncoder } = format;
  const asFile = options.streamsAs === 'file' || streamEncoder === undefined;
  const asked = (call: WireCall): EncodeAs & StreamAs => ({
    id: 'answer-1',
    model: call.model,
    created: 1,
    includeUsage: true,
    ...askedOf(format, call),
  });
  return {
    name: format.name,
    operation: format.operation,
    traits: format.traits,
    typed: format.answers === 'any',
    unary: (answer, call) => [bodyAnswer(format.encodeResponse(answer, asked(call)))],
    ...(asFile || streamEncoder === undefined
      ? {}
      : {
          stream: (events, call) => {
            const encoder = streamEncoder(asked(call));
            const frames = events.flatMap((event): Frames =>
              encoder.encode([event]).split(/(?<=\n\n)/u),
            );
            return [framed('text/event-stream', frames)];
          },
          failureFrame: (error) =>
            streamEncoder({ id: 'answer', model: 'm', created: 1 }).fail(error, undefined),
        }),
    ...(!asFile || byteEncoder === undefined
      ? {}
      : {
          end: 'transport',
          stream: (events: readonly EventOf<K>[], call: WireCall): readonly WireAnswer[] => {
            const encoder = byteEncoder(asked(call));
            const frames = events.map((event) => encoder.encode([event]));
            return [framed(encoder.mediaType, frames)];
          },
        }),
    error: (error) => format.encodeError(error, undefined),
    unaryFailure: (error) => [jsonAnswer(format.encodeError(error, undefined))],
    async checkRequest(request, { model, stream }) {
      const read = format.decodeRequest(await readBody(request));
      // A server of one model may not be told which.
      if (read.model !== '') strictEqual(read.model, model, 'the model in the request');
      // A file is asked for in the same words, streamed or not.
      if (!asFile) strictEqual(read.stream, stream, 'whether the request asks for a stream');
    },
    variants: variantsOf<K>(format.name),
  };
}

function framed(type: string, frames: Frames): WireAnswer {
  return { headers: { 'content-type': type }, frames: frames.filter(({ length }) => length > 0) };
}

/** How the caller wants his answer, as far as a JSON body says it. */
function askedOf<K extends Operation>(format: ServerDoors<K>, { request }: WireCall): StreamAs {
  try {
    return format.decodeRequest(JSON.parse(request.body)).as;
  } catch {
    return {};
  }
}

function bodyAnswer(body: WireBody): WireAnswer {
  if (body instanceof BytesBody) {
    return { headers: { 'content-type': body.mediaType }, body: body.data };
  }
  return jsonAnswer(body);
}
