import type { FileData } from '@inferway/core';
import { PIXEL, SILENCE } from './files.js';
import type { Sample } from './sample.js';

const IMAGE_SECRET = 'a portrait of the smuggler Wilhelmina';
const SPEECH_SECRET = 'the password of the vault is marzipan';
const NAMES = 'names: Zephyrine, Barnaby, Ottoline';

const IMAGE: FileData = {
  type: 'base64',
  data: Buffer.from(PIXEL.data).toString('base64'),
  mediaType: 'image/png',
};

/** One image, with an unfinished one before it. */
export const imageSample: Sample<'image'> = {
  request: { prompt: IMAGE_SECRET },
  answer: { result: { images: [{ image: IMAGE }] } },
  events: [
    { type: 'start' },
    { type: 'image-partial', index: 0, step: 0, image: IMAGE },
    { type: 'image', index: 0, image: { image: IMAGE } },
    { type: 'end' },
  ],
  secret: IMAGE_SECRET,
};

/** A sound file, in two pieces. */
export const speechSample: Sample<'speech'> = {
  request: { text: SPEECH_SECRET, voice: 'alloy', format: 'wav' },
  answer: { result: { audio: { type: 'bytes', data: SILENCE.data, mediaType: 'audio/wav' } } },
  events: [
    { type: 'start', mediaType: 'audio/wav' },
    { type: 'audio-delta', data: SILENCE.data.subarray(0, 60) },
    { type: 'audio-delta', data: SILENCE.data.subarray(60) },
    { type: 'end' },
  ],
  secret: SPEECH_SECRET,
};

/** A transcript, in two pieces. */
export const transcribeSample: Sample<'transcribe'> = {
  request: { audio: SILENCE, prompt: NAMES },
  answer: { result: { text: 'Grüße, 世界!' } },
  events: [
    { type: 'start' },
    { type: 'text-delta', text: 'Grüße, ' },
    { type: 'text-delta', text: '世界!' },
    { type: 'finish' },
    { type: 'end' },
  ],
  secret: NAMES,
};
