import { mp3, readMp3 } from './mp3.js';
import { saidIn, secondsOf, wav } from './wav.js';

/** Of a WAV that has no list of comments. */
const WAV_HEADER = 44;

/** Formats in which the simulator has a voice. */
export type SoundFormat = 'mp3' | 'wav' | 'pcm';

/** A sound as long as the text takes to say; all but `pcm` carry it. `pcm` is 8 kHz, 16 bits, mono. */
export function sound(format: SoundFormat, said: string, seconds: number): Buffer {
  if (format === 'mp3') return mp3(said, seconds);
  const file = wav(said, seconds);
  if (format === 'wav') return file;
  const length = file.readUInt32LE(WAV_HEADER - 4);
  return file.subarray(WAV_HEADER, WAV_HEADER + length);
}

/** What is said in a sound, where it carries that, and how long it is, as far as that can be told. */
export function listen(bytes: Uint8Array): { said: string | undefined; seconds: number } {
  const heard = readMp3(bytes);
  if (heard !== undefined) return heard;
  // Of others only the size is known: as if they had 16 kB a second.
  return { said: saidIn(bytes), seconds: secondsOf(bytes) ?? Math.max(0.1, bytes.length / 16_000) };
}
