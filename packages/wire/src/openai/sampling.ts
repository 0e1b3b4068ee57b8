import type { GenerationSettings } from '@inferway/core';
import type { Fields } from '../checks.js';
import { decodeStop } from './decode-stop.js';

/** A setting of how the next token is drawn. */
export type SamplingSetting =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'minP'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'repetitionPenalty'
  | 'seed'
  | 'stop';

/** The sampling settings of chats and completions by their names on the wire; they travel as they are. */
export const SAMPLING: readonly (readonly [SamplingSetting, string])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['minP', 'min_p'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['repetitionPenalty', 'repetition_penalty'],
  ['seed', 'seed'],
  ['stop', 'stop'],
];

/** Reads the sampling settings of a caller's body, in the ranges that OpenAI's reference and the engines give. */
export function decodeSampling(fields: Fields): Pick<GenerationSettings, SamplingSetting> {
  return {
    temperature: fields.number('temperature', 0, 2),
    topP: fields.number('top_p', 0, 1),
    // Engines take -1 for no limit.
    topK: fields.integer('top_k', -1),
    minP: fields.number('min_p', 0, 1),
    frequencyPenalty: fields.number('frequency_penalty', -2, 2),
    presencePenalty: fields.number('presence_penalty', -2, 2),
    repetitionPenalty: fields.number('repetition_penalty', 0, 10),
    seed: fields.integer('seed'),
    stop: decodeStop(fields),
  };
}
