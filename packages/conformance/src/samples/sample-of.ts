import type { Operation } from '@inferway/core';
import { chatSample } from './chat.js';
import { completeSample } from './complete.js';
import { embedSample } from './embed.js';
import { imageSample, speechSample, transcribeSample } from './media.js';
import { countTokensSample, rawSample, rerankSample } from './others.js';
import type { Sample } from './sample.js';

const KNOWN: Readonly<Record<string, unknown>> = {
  chat: chatSample,
  complete: completeSample,
  embed: embedSample,
  image: imageSample,
  speech: speechSample,
  transcribe: transcribeSample,
  rerank: rerankSample,
  countTokens: countTokensSample,
  raw: rawSample,
};

/** The kit's own question and answer of an operation; undefined for one that it does not know. */
export function knownSample<K extends Operation>(operation: K): Sample<K> | undefined {
  return KNOWN[operation] as Sample<K> | undefined;
}
