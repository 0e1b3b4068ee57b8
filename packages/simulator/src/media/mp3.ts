/** MPEG-1 Layer III, 128 kbit/s, 44.1 kHz, mono. */
const FRAME_HEADER = [0xff, 0xfb, 0x90, 0xc4] as const;
const FRAME_BYTES = 417;
const SAMPLES = 1152;
const RATE = 44_100;

/** A real MP3 of that length, silent since all its frames are empty, with what is said in an ID3 comment. */
export function mp3(said: string, seconds: number): Buffer {
  const frames = Math.max(1, Math.round((seconds * RATE) / SAMPLES));
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set(FRAME_HEADER);
  return Buffer.concat([tag(said), ...Array.from({ length: frames }, () => frame)]);
}

/** What is said in a file that `mp3` made, and how long it is; undefined for any other bytes. */
export function readMp3(bytes: Uint8Array): { said: string; seconds: number } | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString('latin1', 0, 3) !== 'ID3' || file.toString('latin1', 10, 14) !== 'COMM') {
    return undefined;
  }
  const size = syncSafe(file.subarray(14, 18));
  const end = 20 + size;
  if (end > file.length) return undefined;
  const seconds = (((file.length - end) / FRAME_BYTES) * SAMPLES) / RATE;
  return { said: file.toString('utf8', 25, end), seconds: Math.round(seconds * 1000) / 1000 };
}

/** ID3v2.4 with one comment: UTF-8, English, without a description. */
function tag(said: string): Buffer {
  const comment = Buffer.concat([Buffer.of(3), Buffer.from('eng\0', 'latin1'), Buffer.from(said)]);
  return Buffer.concat([
    Buffer.from('ID3\x04\0\0', 'latin1'),
    sizeBytes(comment.length + 10),
    Buffer.from('COMM', 'latin1'),
    sizeBytes(comment.length),
    Buffer.alloc(2),
    comment,
  ]);
}

// Seven bits a byte, so that a size never looks like the beginning of a frame.
function sizeBytes(size: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (size >>> shift) & 0x7f));
}

function syncSafe(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 128 + byte, 0);
}
