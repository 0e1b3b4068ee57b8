const RATE = 8000;
const HEADER = 44;
const NOTE = 220;

/** A real WAV file (8 kHz, 16 bits, mono): a tone of that length, with what is said in its comment. */
export function wav(said: string, seconds: number): Buffer {
  const samples = Math.max(1, Math.round(seconds * RATE));
  const comment = commentChunk(said);
  const bytes = Buffer.alloc(HEADER + samples * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8 + comment.length, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index++) {
    const level = Math.sin((2 * Math.PI * NOTE * index) / RATE);
    bytes.writeInt16LE(Math.round(level * 8000), HEADER + index * 2);
  }
  return Buffer.concat([bytes, comment]);
}

/** What is said in a file that `wav` made; undefined for any other bytes. */
export function saidIn(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  const at = buffer.lastIndexOf('ICMT', undefined, 'latin1');
  if (at < 0 || at + 8 > buffer.length) return undefined;
  return buffer.toString('utf8', at + 8, at + 8 + buffer.readUInt32LE(at + 4));
}

/** The length of a file that `wav` made. */
export function secondsOf(bytes: Uint8Array): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER || buffer.toString('latin1', 36, 40) !== 'data') return undefined;
  return buffer.readUInt32LE(40) / buffer.readUInt32LE(28);
}

function commentChunk(said: string): Buffer {
  const text = Buffer.from(said, 'utf8');
  // Chunks have an even length.
  const padded = text.length + (text.length % 2);
  const bytes = Buffer.alloc(20 + padded);
  bytes.write('LIST', 0, 'latin1');
  bytes.writeUInt32LE(12 + padded, 4);
  bytes.write('INFOICMT', 8, 'latin1');
  bytes.writeUInt32LE(text.length, 16);
  bytes.set(text, 20);
  return bytes;
}
