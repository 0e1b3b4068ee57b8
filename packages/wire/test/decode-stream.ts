import {
  InferwayError,
  type Operation,
  type EventOf,
  type Usage,
  type Warning,
} from '@inferway/core';
import { SseParser, type DecodeSource, type Format } from '../src/index.js';

const utf8 = new TextEncoder();

export interface DecodedStream<E> {
  readonly events: E[];
  readonly usage: Usage | undefined;
  readonly warnings: Warning[];
  /** What ended the stream, where it did not end well. */
  readonly error: unknown;
}

/** Decodes the bytes of one streamed answer as a transport would. */
export function decodeStream<K extends Operation, D extends object>(
  format: Format<K, D>,
  wire: string | readonly Uint8Array[],
  dialect?: D,
): DecodedStream<EventOf<K>> {
  const warnings: Warning[] = [];
  const decoder = format.streamDecoder?.(sourceOf(warnings, dialect));
  if (decoder === undefined) throw new Error(`${format.name} cannot stream.`);
  const events: EventOf<K>[] = [];
  const parser = new SseParser();
  let error: unknown;
  try {
    for (const chunk of typeof wire === 'string' ? [utf8.encode(wire)] : wire) {
      parser.push(chunk, (message) => decoder.message(message, events));
    }
    parser.end((message) => decoder.message(message, events));
    decoder.end(events);
  } catch (thrown) {
    error = thrown;
  }
  return { events, usage: decoder.usage, warnings, error };
}

/** A source whose provider's errors become `server` errors that hold the body. */
export function sourceOf<D extends object>(warnings: Warning[], dialect?: D): DecodeSource<D> {
  return {
    ...(dialect === undefined ? {} : { dialect }),
    fail: (body) =>
      new InferwayError('server', { message: 'The provider failed.', body: JSON.stringify(body) }),
    warn: (warning) => {
      warnings.push(warning);
    },
  };
}

/** The wire text of messages with these payloads. */
export function wireOf(payloads: readonly (string | object)[]): string {
  return payloads
    .map((data) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
    .join('');
}
