import { Events, eventsOf, InferwayError, type StreamReply, type Usage } from '@inferway/core';
import type { ClientFormat } from '@inferway/wire';
import type { HttpResponse } from '../transport/http-response.js';
import { bodyKind, parseAnswer, webPage } from './answer-body.js';
import type { ProviderCall } from './provider-call.js';
import { StreamSource } from './stream-source.js';

/** Turns a success into a running stream; one that holds a whole JSON answer instead, as some servers send, into its events. */
export async function streamReply(
  format: ClientFormat,
  attempt: ProviderCall,
  response: HttpResponse,
): Promise<StreamReply> {
  const kind = bodyKind(response);
  if (kind === 'html') {
    const error = webPage(attempt.provider);
    response.cancel(error);
    throw error;
  }
  // What the decoder has to tell may come after the reply is handed out.
  attempt.warnings ??= [];
  if (kind === 'json') return wholeAnswer(format, attempt, response);

  const decoder = format.streamDecoder?.(attempt);
  if (decoder === undefined) {
    const error = cannotStream(attempt);
    response.cancel(error);
    throw error;
  }
  const source = new StreamSource(response, decoder, attempt.name);
  response.read(source);
  return {
    stream: true,
    events: new Events(source, attempt.call.signal) as never,
    meta: attempt.meta(response),
  };
}

async function wholeAnswer(
  format: ClientFormat,
  attempt: ProviderCall,
  response: HttpResponse,
): Promise<StreamReply> {
  const text = await response.text();
  const { result, usage } = format.decodeResponse(parseAnswer(text, attempt.provider), attempt);
  const { call } = attempt;
  const unfold = call.state.runtime.traits(call.operation)?.unfold as
    | ((result: unknown, usage: Usage | undefined) => readonly unknown[])
    | undefined;
  if (unfold === undefined) throw cannotStream(attempt);
  return {
    stream: true,
    events: new Events(eventsOf(unfold(result, usage), usage), call.signal) as never,
    meta: attempt.meta(response),
  };
}

function cannotStream(attempt: ProviderCall): InferwayError {
  return new InferwayError('unsupported', {
    message: `"${attempt.call.operation}" of "${attempt.provider}" cannot be streamed.`,
    provider: attempt.provider,
    model: attempt.model,
  });
}
