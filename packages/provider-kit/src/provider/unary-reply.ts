import type { Operation, UnaryReply } from '@inferway/core';
import { BytesBody, type ClientFormat, type WireBody } from '@inferway/wire';
import type { HttpResponse } from '../transport/http-response.js';
import { bodyKind, parseAnswer, webPage } from './answer-body.js';
import { deliverFiles } from './deliver-files.js';
import { stampResult } from './issuer.js';
import type { ProviderCall } from './provider-call.js';
import { mediaTypeOf } from './session.js';

/** Reads a success to its end and decodes it. */
export async function unaryReply(
  format: ClientFormat<Operation, object, WireBody>,
  attempt: ProviderCall,
  response: HttpResponse,
): Promise<UnaryReply> {
  const kind = bodyKind(response);
  if (kind === 'html') {
    const error = webPage(attempt.provider);
    response.cancel(error);
    throw error;
  }
  const body =
    format.answers === 'any' && kind !== 'json'
      ? new BytesBody(await response.bytes(), mediaTypeOf(response.headers))
      : parseAnswer(await response.text(), attempt);
  const { result, usage } = format.decodeResponse(body, attempt);
  stampResult(result, format.name, attempt.provider);
  // Most results hold no files, and are not waited for.
  const delivered =
    format.traits?.mapFiles === undefined ? result : await deliverFiles(format, attempt, result);
  return {
    stream: false,
    result: delivered as never,
    usage,
    meta: attempt.meta(false),
  } satisfies UnaryReply<Operation>;
}
