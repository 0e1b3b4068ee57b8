import { aiSdk } from './ai-sdk.js';
import { huggingFace } from './hugging-face.js';
import { inferwayBare, inferwayCache, inferwayFull, inferwayStores } from './inferway.js';
import { openai } from './openai.js';
import type { SubjectFactory } from './subject.js';
import { undici } from './undici.js';

/** The subjects of the library section; the first is the baseline. */
export const subjects: Readonly<Record<string, SubjectFactory>> = {
  undici,
  'inferway-bare': inferwayBare,
  'inferway-full': inferwayFull,
  'inferway-cache': inferwayCache,
  'inferway-stores': inferwayStores,
  openai,
  'ai-sdk': aiSdk,
  'hugging-face': huggingFace,
};
