import type { FileBytes } from '@inferway/core';

/** A PNG image of one white pixel. */
export const PIXEL: FileBytes = {
  type: 'bytes',
  mediaType: 'image/png',
  name: 'pixel.png',
  data: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
    'base64',
  ),
};

/** A WAV file of a few samples of silence. */
export const SILENCE: FileBytes = {
  type: 'bytes',
  mediaType: 'audio/wav',
  name: 'silence.wav',
  data: wave(64),
};

function wave(samples: number): Uint8Array {
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples * 2, 40);
  return new Uint8Array(file);
}
