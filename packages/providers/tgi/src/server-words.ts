import { isJsonObject, type ModelInfo } from '@inferway/core';
import {
  headerValue,
  type ErrorRefinement,
  type HeaderRecord,
  type ModelListingSettings,
} from '@inferway/provider-kit';

const TIMES = ['validation', 'queue', 'inference', 'total'] as const;

/** `x-queue-time` and the like, in milliseconds; streams have none. */
export function serverTimings(headers: HeaderRecord): Readonly<Record<string, number>> | undefined {
  const told = [
    ...TIMES.map((name) => [name, headerValue(headers, `x-${name}-time`)] as const),
    ['timePerToken', headerValue(headers, 'x-time-per-token')] as const,
  ].flatMap(([name, value]) =>
    value !== undefined && /^\d+(?:\.\d+)?$/u.test(value) ? [[name, Number(value)] as const] : [],
  );
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** `GET /info`: the one model of the server. */
export const modelListing: ModelListingSettings = {
  path: 'info',
  decode(body, provider): readonly ModelInfo[] {
    if (!isJsonObject(body) || typeof body['model_id'] !== 'string') return [];
    const { model_id: id, max_total_tokens: total, model_pipeline_tag: task } = body;
    return [
      {
        id,
        provider,
        contextLength: typeof total === 'number' ? total : undefined,
        operations: ['chat', 'complete', 'countTokens'],
        inputModalities: task === 'image-text-to-text' ? ['text', 'image'] : undefined,
      },
    ];
  },
};

/** In the order of InferError in router/src/infer/mod.rs. Errors inside of a chat's stream have the sentence alone. */
const SENTENCES = [
  [/^Request failed during generation|^Incomplete generation/u, 'server'],
  [/^Model is overloaded/u, 'overloaded'],
  [/^(?:Input validation|Template|Tool) error|^Missing template/u, 'invalid_request'],
] as const;

export const refineError: ErrorRefinement = ({ message = '', words }) => {
  const code = SENTENCES.find(([sentence]) => sentence.test(message))?.[1];
  if (code === 'overloaded' || words.includes('overloaded')) {
    return {
      code: 'overloaded',
      cure: 'Ask again shortly, or start the server with more --max-concurrent-requests.',
    };
  }
  if (/template not found|Missing template/u.test(message)) {
    return {
      code: 'unsupported',
      fallbackable: true,
      cure: 'The model has no chat template: call "complete" instead of "chat".',
    };
  }
  // The server's own limit for prompt and answer together is told by the common reading.
  return code === undefined || /inputs` (?:tokens|must have less)/u.test(message)
    ? undefined
    : { code };
};
