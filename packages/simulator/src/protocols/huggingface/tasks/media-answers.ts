import { fileBytes, type FileData } from '@inferway/core';
import type { HfTaskOutput, LabelScore } from '@inferway/wire';
import { png } from '../../../media/png.js';
import { saidIn, secondsOf, wav } from '../../../media/wav.js';
import { hashText } from '../../../seeded-random.js';
import { best } from './text-answers.js';

const SEEN = ['a lighthouse', 'a bicycle', 'a river', 'a kettle', 'a tortoise'] as const;
const HEARD = ['neutral', 'happy', 'angry', 'sad'] as const;
const USUAL = 64;

/** The bytes of a file; of a URL, those of the URL itself: nothing is fetched. */
export function bytesOf(file: FileData): Uint8Array {
  return file.type === 'url' ? Buffer.from(file.url) : fileBytes(file);
}

/** Width and height: of a PNG as it says, else as if it were square. */
export function sizeOf(image: Uint8Array): readonly [width: number, height: number] {
  const buffer = Buffer.from(image);
  return buffer.length > 24 && buffer.toString('latin1', 1, 4) === 'PNG'
    ? [buffer.readUInt32BE(16), buffer.readUInt32BE(20)]
    : [USUAL, USUAL];
}

export function imageFile(said: string, width: number, height: number): FileData {
  return { type: 'bytes', data: png(said, width, height), mediaType: 'image/png' };
}

export function soundFile(said: string): FileData {
  const seconds = Math.min(10, Math.max(0.2, said.length / 15));
  return { type: 'bytes', data: wav(said, seconds), mediaType: 'audio/wav' };
}

/** An MP4 without a track, whose free space says what was asked for. */
export function videoFile(said: string): FileData {
  const box = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length + 8, 0);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, data]);
  };
  const kinds = Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1');
  const data = Buffer.concat([box('ftyp', kinds), box('free', Buffer.from(`Simulated: ${said}`))]);
  return { type: 'bytes', data, mediaType: 'video/mp4' };
}

/** What a sound that the simulator made says. */
export function heard(
  file: FileData,
  timed: boolean,
): HfTaskOutput<'automatic-speech-recognition'> {
  const bytes = bytesOf(file);
  const text = saidIn(bytes) ?? `Simulated transcript of ${bytes.length} bytes.`;
  if (!timed) return { text };
  const seconds = secondsOf(bytes) ?? 1;
  const words = text.split(' ');
  return {
    text,
    chunks: words.map((word, index) => ({
      text: word,
      start: (seconds * index) / words.length,
      end: (seconds * (index + 1)) / words.length,
    })),
  };
}

/** Labels that follow from the bytes. */
export function seenIn(bytes: Uint8Array): readonly LabelScore[] {
  return ranked(SEEN, bytes);
}

export function moodOf(bytes: Uint8Array): readonly LabelScore[] {
  return ranked(HEARD, bytes);
}

function ranked(labels: readonly string[], bytes: Uint8Array): readonly LabelScore[] {
  const seed = hashText(Buffer.from(bytes).toString('latin1').slice(0, 4096));
  const weights = labels.map((label) => 1 + (hashText(label, seed) % 97));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return best(labels.map((label, index) => ({ label, score: (weights[index] ?? 0) / sum })));
}
