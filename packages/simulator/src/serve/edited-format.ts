import type { JsonObject, Operation } from '@inferway/core';
import { isJsonObject } from '@inferway/core';
import type { EncodeAs, Format, StreamAs, StreamEncoder, WireBody } from '@inferway/wire';
import { BytesBody, MultipartBody } from '@inferway/wire';

/** A JSON object of the wire, to be changed in place. */
export type Payload = Record<string, unknown>;

/** How a provider's words differ from those of the format that it speaks. */
export interface WireEdits {
  /** Kept apart from the format itself where answers are remembered. */
  readonly provider: string;
  /** Changes a copy of a request's body into what the format itself reads. */
  request?(body: Payload): void;
  /** Changes the body of a whole answer. */
  answer?(body: Payload, asked: Payload): void;
  /** Changes the payload of a streamed message. */
  chunk?(payload: Payload, asked: Payload): void;
  /** Usage comes unasked in the last chunk that has a choice, and not in one of its own. */
  readonly usageInLastChunk?: boolean | undefined;
}

/** What the encoders get to know of the request beside what the format tells them. */
interface Asked {
  readonly asked?: Payload | undefined;
}

const NOTHING: Payload = {};

/** A format with a provider's deviations; of bodies that are no JSON objects (forms, files) there are none. */
export function editedFormat<K extends Operation, Sent extends WireBody, Answered extends WireBody>(
  format: Format<K, object, Sent, Answered>,
  edits: WireEdits,
): Format<K, object, Sent, Answered> {
  const encoder = format.streamEncoder;
  return {
    ...format,
    name: `${format.name} of ${edits.provider}`,
    decodeRequest(body) {
      if (!isFields(body)) return format.decodeRequest(body);
      const copy: Payload = { ...body };
      edits.request?.(copy);
      const decoded = format.decodeRequest(copy);
      return { ...decoded, as: { ...decoded.as, asked: body } as StreamAs };
    },
    encodeResponse(answer, as) {
      const encoded = format.encodeResponse(answer, as);
      if (!isFields(encoded)) return encoded;
      const body: Payload = { ...encoded };
      edits.answer?.(body, (as as Asked).asked ?? NOTHING);
      return body as JsonObject as Answered;
    },
    ...(encoder === undefined
      ? {}
      : { streamEncoder: (as: EncodeAs & StreamAs) => editedEncoder(encoder, as, edits) }),
  };
}

function isFields(body: unknown): body is JsonObject {
  return isJsonObject(body) && !(body instanceof MultipartBody) && !(body instanceof BytesBody);
}

function editedEncoder<E>(
  make: (as: EncodeAs & StreamAs) => StreamEncoder<E>,
  as: EncodeAs & StreamAs,
  edits: WireEdits,
): StreamEncoder<E> {
  const inner = make(edits.usageInLastChunk === true ? { ...as, includeUsage: true } : as);
  const asked = (as as Asked).asked ?? NOTHING;
  const pending: Pending = { last: undefined };
  return {
    encode(events) {
      let text = '';
      for (const message of inner.encode(events).split('\n\n')) {
        if (message !== '') text += edited(message, edits, asked, pending);
      }
      return text;
    },
    fail: (error, requestId) => inner.fail(error, requestId),
  };
}

/** The chunk with the finish reason, while it waits for the usage. */
interface Pending {
  last: Payload | undefined;
}

function edited(message: string, edits: WireEdits, asked: Payload, pending: Pending): string {
  if (!message.startsWith('data: {')) return released(edits, asked, pending) + `${message}\n\n`;
  const payload = JSON.parse(message.slice(6)) as Payload;
  if (edits.usageInLastChunk === true) {
    const choices = payload['choices'] as readonly Payload[];
    if (choices.length === 0 && pending.last !== undefined) {
      pending.last['usage'] = payload['usage'];
      return '';
    }
    if ((choices[0]?.['finish_reason'] ?? null) !== null) {
      const before = released(edits, asked, pending);
      pending.last = payload;
      return before;
    }
  }
  return released(edits, asked, pending) + written(payload, edits, asked);
}

function released(edits: WireEdits, asked: Payload, pending: Pending): string {
  const { last } = pending;
  pending.last = undefined;
  return last === undefined ? '' : written(last, edits, asked);
}

function written(payload: Payload, edits: WireEdits, asked: Payload): string {
  edits.chunk?.(payload, asked);
  return `data: ${JSON.stringify(payload)}\n\n`;
}
