import type { Operation, UnaryReply } from '@inferway/core';
import type { ClientFormat } from '@inferway/wire';
import type { HttpResponse } from '../transport/http-response.js';
import { bodyKind, parseAnswer, webPage } from './answer-body.js';
import type { ProviderCall } from './provider-call.js';

/** Reads a success to its end and decodes it. */
export async function unaryReply(
  format: ClientFormat,
  attempt: ProviderCall,
  response: HttpResponse,
): Promise<UnaryReply> {
  const kind = bodyKind(response);
  if (kind === 'html') {
    const error = webPage(attempt.provider);
    response.cancel(error);
    throw error;
  }
  const text = await response.text();
  const { result, usage } = format.decodeResponse(parseAnswer(text, attempt.provider), attempt);
  return {
    stream: false,
    result: result as never,
    usage,
    meta: attempt.meta(response),
  } satisfies UnaryReply<Operation>;
}
