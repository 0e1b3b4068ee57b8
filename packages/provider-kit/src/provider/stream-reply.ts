import {
  Events,
  eventsOf,
  InferwayError,
  type Operation,
  type StreamReply,
  type Usage,
} from '@inferway/core';
import { SseDecoder, type ByteDecoder, type ClientFormat, type WireBody } from '@inferway/wire';
import { headerValue } from '../transport/header-record.js';
import type { HttpResponse } from '../transport/http-response.js';
import { bodyKind, parseAnswer, webPage } from './answer-body.js';
import { deliverFiles } from './deliver-files.js';
import { stamping, stampResult } from './issuer.js';
import type { ProviderCall } from './provider-call.js';
import { mediaTypeOf, type Session } from './session.js';
import { StreamSource } from './stream-source.js';

type Format = ClientFormat<Operation, object, WireBody>;

/** Turns a success into a running stream; one that holds a whole JSON answer instead, as some servers send, into its events. */
export async function streamReply(
  format: Format,
  attempt: ProviderCall,
  response: HttpResponse,
): Promise<StreamReply> {
  const kind = bodyKind(response);
  if (kind === 'html') {
    const error = webPage(attempt.provider);
    response.cancel(error);
    throw error;
  }
  if (kind === 'json') return wholeAnswer(format, attempt, response);

  const decoder = decoderOf(format, attempt, response);
  if (decoder === undefined) {
    const error = cannotStream(attempt);
    response.cancel(error);
    throw error;
  }
  return {
    stream: true,
    events: streamEvents(attempt, response, decoder) as never,
    // What the decoder has to tell may come after the reply is handed out.
    meta: attempt.meta(true),
  };
}

/** The events of an answer that is being received. */
export function streamEvents<E>(
  session: Session,
  response: HttpResponse,
  decoder: ByteDecoder<E>,
): Events<E> {
  const source = new StreamSource(response, decoder, session.name);
  response.read(source);
  return new Events(source, session.signal);
}

// Servers forget to say that a body is of events more often than they send anything else.
function decoderOf(
  format: Format,
  attempt: ProviderCall,
  response: HttpResponse,
): ByteDecoder<unknown> | undefined {
  const said = headerValue(response.headers, 'content-type');
  const isEvents = said?.trimStart().toLowerCase().startsWith('text/event-stream') === true;
  if (format.byteDecoder !== undefined && (!isEvents || format.streamDecoder === undefined)) {
    return format.byteDecoder(attempt, mediaTypeOf(response.headers));
  }
  const decoder = format.streamDecoder?.(attempt);
  return decoder === undefined
    ? undefined
    : stamping(new SseDecoder(decoder), format.name, attempt.provider);
}

async function wholeAnswer(
  format: Format,
  attempt: ProviderCall,
  response: HttpResponse,
): Promise<StreamReply> {
  const text = await response.text();
  const decoded = format.decodeResponse(parseAnswer(text, attempt), attempt);
  stampResult(decoded.result, format.name, attempt.provider);
  const { usage } = decoded;
  const { call } = attempt;
  const unfold = call.state.runtime.traits(call.operation)?.unfold as
    | ((result: unknown, usage: Usage | undefined) => readonly unknown[])
    | undefined;
  if (unfold === undefined) throw cannotStream(attempt);
  const result = await deliverFiles(format, attempt, decoded.result);
  return {
    stream: true,
    events: new Events(eventsOf(unfold(result, usage), usage), call.signal) as never,
    meta: attempt.meta(true),
  };
}

function cannotStream(attempt: ProviderCall): InferwayError {
  return new InferwayError('unsupported', {
    message: `"${attempt.call.operation}" of "${attempt.provider}" cannot be streamed.`,
    provider: attempt.provider,
    model: attempt.model,
  });
}
