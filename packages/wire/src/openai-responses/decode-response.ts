import { isJsonObject, InferwayError, type ChatResult, type TokenLogprob } from '@inferway/core';
import type { Decoded, DecodeSource } from '../format.js';
import { defined, otherFields } from '../json-body.js';
import { asNumber, asObjects, asText } from '../lenient.js';
import { CallIds } from '../openai/call-ids.js';
import { emptyResponse, isFailure } from '../openai/failure.js';
import { readLogprobs } from '../openai/logprobs.js';
import { OPENAI_RESPONSES, type OpenAIResponsesDialect } from './dialect.js';
import { failedBody } from './failure.js';
import { readItem } from './read-item.js';
import { ECHOED } from './response-object.js';
import { readStatus } from './status.js';
import { readResponseUsage } from './usage.js';

/** Members of a response that the result has under its own names, or that say nothing of the answer. */
export const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created_at',
  'completed_at',
  'model',
  'status',
  'incomplete_details',
  'output',
  'output_text',
  'usage',
  'error',
  ...ECHOED,
]);

/** Body of a response to canonical result. One that is still `queued` or `in_progress` (`background`) has no content yet. */
export function decodeResponse(
  body: unknown,
  from: DecodeSource<OpenAIResponsesDialect>,
): Decoded<'chat'> {
  if (!isJsonObject(body)) {
    throw new InferwayError('protocol', {
      message: 'The answer is not a JSON object. The address may not be the one of this protocol.',
    });
  }
  if (body['status'] === 'failed') throw from.fail(failedBody(body['error']));
  if (isFailure(body, 'output')) {
    throw from.fail(isJsonObject(body['error']) ? { error: body['error'] } : body);
  }
  const items = asObjects(body['output']);
  const finishReason = readStatus(body, items);
  if (
    items.length === 0 &&
    (finishReason.unified === 'stop' || finishReason.unified === 'unknown')
  ) {
    throw emptyResponse();
  }
  const id = asText(body['id']);
  const ids = new CallIds(id);
  const content = items.flatMap((item) => readItem(item, { ids, warn: from.warn }));
  const fields = otherFields(body, KNOWN);
  const logprobs = items.flatMap((item) =>
    asObjects(item['content']).flatMap((part) => readTextLogprobs(part['logprobs']) ?? []),
  );
  const result: ChatResult = defined({
    id,
    model: asText(body['model']),
    created: asNumber(body['created_at']),
    message: { role: 'assistant', content },
    finishReason,
    logprobs: logprobs.length === 0 ? undefined : logprobs,
    passthrough: fields === undefined ? undefined : { format: OPENAI_RESPONSES, fields },
  });
  return defined({
    result,
    usage: readResponseUsage(body['usage'], from.dialect?.reasoningTokens),
  });
}

/** The log probabilities of a text, which this API lists without a frame. */
export function readTextLogprobs(
  list: Parameters<typeof readLogprobs>[0],
): TokenLogprob[] | undefined {
  return Array.isArray(list) && list.length > 0 ? readLogprobs({ content: list }) : undefined;
}
