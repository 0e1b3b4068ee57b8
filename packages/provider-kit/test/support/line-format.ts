import {
  InferwayError,
  isJsonObject,
  type ChatEvent,
  type ChatResult,
  type JsonObject,
} from '@inferway/core';
import type { DecodeSource, Format } from '@inferway/wire';

/** What one server of the test protocol does differently. */
export interface LineDialect {
  readonly shout?: boolean | undefined;
}

function resultOf(body: unknown, from: DecodeSource<LineDialect>): ChatResult {
  if (!isJsonObject(body)) {
    throw new InferwayError('protocol', { message: 'not an object' });
  }
  if (body.error !== undefined) throw from.fail(body);
  return {
    message: { role: 'assistant', content: [{ type: 'text', text: String(body.text) }] },
    finishReason: { unified: 'stop' },
  };
}

/** A protocol of one's own in forty lines: what a third party writes, and what these tests need of one. */
export const lineFormat: Format<'chat', LineDialect> = {
  name: 'line',
  operation: 'chat',
  encodeRequest(request, to): JsonObject {
    if (request.temperature !== undefined) {
      to.warn({ type: 'unsupported', setting: 'temperature', message: 'not taken' });
    }
    const first = request.messages[0]?.content;
    const text = typeof first === 'string' ? first : '';
    return {
      model: to.model,
      stream: to.stream,
      text: to.dialect?.shout === true ? text.toUpperCase() : text,
      ...(request.providerOptions?.[to.provider] as JsonObject | undefined),
    };
  },
  decodeResponse(body, from) {
    const result = resultOf(body, from);
    return { result, usage: { inputTokens: 1, outputTokens: 2 } };
  },
  streamDecoder(from) {
    let done = false;
    let any = false;
    return {
      get done() {
        return done;
      },
      get usage() {
        return any ? { outputTokens: 2 } : undefined;
      },
      message({ data }, out: ChatEvent[]) {
        if (data === '[END]') {
          done = true;
          out.push({ type: 'end' });
          return;
        }
        const body = JSON.parse(data) as JsonObject;
        if (body.error !== undefined) throw from.fail(body);
        if (!any) out.push({ type: 'part-start', index: 0, part: { type: 'text', text: '' } });
        any = true;
        out.push({ type: 'text-delta', index: 0, text: String(body.text) });
      },
      end() {
        throw new InferwayError(any ? 'stream_interrupted' : 'empty_response', { message: 'cut' });
      },
    };
  },
  decodeRequest() {
    throw new InferwayError('unsupported', { message: 'no server' });
  },
  encodeResponse() {
    throw new InferwayError('unsupported', { message: 'no server' });
  },
  encodeError: () => ({}),
};
