import type { JsonObject, Usage, UsageUnits } from '@inferway/core';
import { defined } from '../json-body.js';
import { asCount, asObject } from '../lenient.js';
import { readUsage, writeUsage } from './usage.js';

/**
 * Usage of images, speech and transcriptions: tokens under the names of either API with their parts by kind, or `{ type: 'duration', seconds }`.
 * `units` are what was counted otherwise.
 */
export function readMediaUsage(raw: unknown, units: UsageUnits = {}): Usage | undefined {
  const usage = asObject(raw);
  const counted = defined(units);
  if (usage === undefined) return hasMembers(counted) ? { units: counted } : undefined;
  const input = details(usage, 'input');
  const output = details(usage, 'output');
  const seconds = usage['type'] === 'duration' ? asCount(usage['seconds']) : undefined;
  const all = defined({ ...counted, inputAudioSeconds: seconds ?? units.inputAudioSeconds });
  return defined({
    ...readUsage({
      ...usage,
      prompt_tokens: usage['input_tokens'] ?? usage['prompt_tokens'],
      completion_tokens: usage['output_tokens'] ?? usage['completion_tokens'],
      prompt_tokens_details: input,
      completion_tokens_details: output,
    }),
    inputImageTokens: asCount(input?.['image_tokens']),
    outputImageTokens: asCount(output?.['image_tokens']),
    units: hasMembers(all) ? all : undefined,
    raw: usage,
  });
}

/** Usage of images: what a model of images puts out is images, where it does not tell kinds apart. */
export function readImageUsage(raw: unknown, images: number): Usage | undefined {
  const usage = readMediaUsage(raw, { images: images === 0 ? undefined : images });
  const { outputTokens, outputImageTokens = outputTokens } = usage ?? {};
  return outputImageTokens === undefined ? usage : { ...usage, outputImageTokens };
}

// `input_tokens_details` of images, `input_token_details` of audio.
function details(usage: JsonObject, side: 'input' | 'output'): JsonObject | undefined {
  return asObject(usage[`${side}_tokens_details`]) ?? asObject(usage[`${side}_token_details`]);
}

function hasMembers(object: object): boolean {
  return Object.keys(object).length > 0;
}

/** The tokens of usage as images write them; undefined where none are known. */
export function writeImageUsage(usage: Usage | undefined): JsonObject | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  return writeTokens(usage, 'tokens_details', {
    input: kinds(usage.inputTokens, 'image_tokens', usage.inputImageTokens),
    output: kinds(usage.outputTokens, 'image_tokens', usage.outputImageTokens),
  });
}

/** The tokens or seconds of usage as audio has them. */
export function writeAudioUsage(usage: Usage | undefined): JsonObject | undefined {
  const seconds = usage?.units?.inputAudioSeconds;
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) {
    return seconds === undefined ? undefined : { type: 'duration', seconds };
  }
  return {
    type: 'tokens',
    ...writeTokens(usage, 'token_details', {
      input: kinds(usage.inputTokens, 'audio_tokens', usage.inputAudioTokens),
      output: undefined,
    }),
  };
}

function writeTokens(
  usage: Usage,
  suffix: string,
  parts: { readonly input: JsonObject | undefined; readonly output: JsonObject | undefined },
): JsonObject {
  const { prompt_tokens, completion_tokens, total_tokens, cost } = writeUsage(usage);
  return defined({
    input_tokens: prompt_tokens,
    [`input_${suffix}`]: parts.input,
    output_tokens: completion_tokens,
    [`output_${suffix}`]: parts.output,
    total_tokens,
    cost,
  });
}

/** Tokens of a kind, and those that are left for text. */
function kinds(
  total: number | undefined,
  kind: string,
  count: number | undefined,
): JsonObject | undefined {
  if (count === undefined || total === undefined) return undefined;
  return { [kind]: count, text_tokens: Math.max(0, total - count) };
}
