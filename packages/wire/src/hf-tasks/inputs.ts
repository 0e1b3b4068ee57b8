import type { FileData } from '@inferway/core';
import type { HfTask } from './tasks.js';

/** Tasks whose input is a file. Alone it travels as it is; with parameters, as base64 in JSON. */
const FILE_INPUTS: ReadonlySet<HfTask> = new Set([
  'audio-classification',
  'automatic-speech-recognition',
  'audio-to-audio',
  'image-classification',
  'image-segmentation',
  'image-to-image',
  'image-to-text',
  'image-to-video',
  'object-detection',
]);

/** Tasks that ask something of an image. */
const IMAGE_MEMBER: ReadonlySet<HfTask> = new Set([
  'visual-question-answering',
  'document-question-answering',
]);

/** Where the file of a task's inputs is: the inputs themselves, their member `image`, the same as the only member on the wire, or nowhere. */
export function filePlace(task: HfTask): 'inputs' | 'image' | 'only-image' | undefined {
  if (FILE_INPUTS.has(task)) return 'inputs';
  if (IMAGE_MEMBER.has(task)) return 'image';
  return task === 'zero-shot-image-classification' ? 'only-image' : undefined;
}

/** The file of a request's inputs, where the task has one. */
export function fileOf(task: HfTask, inputs: unknown): FileData | undefined {
  const place = filePlace(task);
  if (place === undefined) return undefined;
  return place === 'image' ? (inputs as { image: FileData }).image : (inputs as FileData);
}

/** The same inputs with another file, or with the file in another form. */
export function withFile(task: HfTask, inputs: unknown, file: unknown): unknown {
  return filePlace(task) === 'image' ? { ...(inputs as object), image: file } : file;
}
