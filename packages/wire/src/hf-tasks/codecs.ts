import type { OutputCodec } from './codec.js';
import { chosenLabels, entities, labels, masks, nestedLabels, objects } from './label-codecs.js';
import { audioPieces, file, files, segments } from './media-codecs.js';
import { classes, features, numbers } from './number-codecs.js';
import type { HfTask, HfTaskOutput } from './tasks.js';
import { answers, caption, generated, speech, tableAnswers, texts } from './text-codecs.js';

type Codecs = { readonly [T in HfTask]: OutputCodec<HfTaskOutput<T>> };

/** How the output of each task travels. */
export const CODECS: Codecs = {
  'text-classification': nestedLabels,
  'zero-shot-classification': chosenLabels,
  'token-classification': entities,
  'fill-mask': masks,
  summarization: texts('summary_text'),
  translation: texts('translation_text'),
  'text-generation': generated,
  'question-answering': answers,
  'table-question-answering': tableAnswers,
  'sentence-similarity': numbers,
  'feature-extraction': features,
  'audio-classification': labels,
  'automatic-speech-recognition': speech,
  'audio-to-audio': audioPieces,
  'text-to-speech': file('audio'),
  'text-to-audio': file('audio'),
  'text-to-image': files('image'),
  'image-to-image': files('image'),
  'text-to-video': files('video'),
  'image-to-video': files('video'),
  'image-to-text': caption,
  'image-classification': labels,
  'zero-shot-image-classification': labels,
  'object-detection': objects,
  'image-segmentation': segments,
  'visual-question-answering': answers,
  'document-question-answering': answers,
  'tabular-classification': classes,
  'tabular-regression': numbers,
};

/** Whether there is a task of that name. */
export function isHfTask(name: string): name is HfTask {
  return Object.hasOwn(CODECS, name);
}

/** The names of all tasks. */
export const HF_TASKS: readonly HfTask[] = Object.keys(CODECS) as HfTask[];
