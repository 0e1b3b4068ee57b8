import { crc32, deflateSync } from 'node:zlib';
import { hashText, SeededRandom } from '../seeded-random.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const TRUE_COLOUR = 2;
const BANDS = 8;

/** A real PNG of that size whose coloured bands follow from `text`. It says in its own metadata that it is simulated. */
export function png(text: string, width: number, height: number): Buffer {
  const random = new SeededRandom(hashText(text));
  const bands = Array.from({ length: BANDS }, () => [
    random.int(0, 255),
    random.int(0, 255),
    random.int(0, 255),
  ]);
  const row = (y: number): Buffer => {
    const colour = bands[Math.floor((y * BANDS) / height)] ?? [];
    // A row begins with its filter, here none.
    return Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.from(colour))]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, TRUE_COLOUR, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Comment\0Simulated`, 'latin1')),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, (_, y) => row(y))))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
