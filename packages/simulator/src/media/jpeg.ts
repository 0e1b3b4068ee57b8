const QUANTIZER = 16;

/** A real baseline JPEG of that size in one grey: every block has the level of the first and nothing else (ITU T.81). */
export function jpeg(width: number, height: number, level: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  // The mean of a block of the level, less 128, times 8, in steps of the quantizer.
  const first = Math.round(((level - 128) * 8) / QUANTIZER);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xfe, Buffer.from('Simulated', 'latin1')),
    segment(0xdb, Buffer.alloc(65, QUANTIZER).fill(0, 0, 1)),
    segment(0xc0, frame(width, height)),
    // Twelve classes of differences, each with a code of four bits; of the other table only the end of a block, of one bit.
    segment(
      0xc4,
      codes(
        0x00,
        [0, 0, 0, 12],
        Array.from({ length: 12 }, (_, index) => index),
      ),
    ),
    segment(0xc4, codes(0x10, [1], [0])),
    segment(0xda, Buffer.of(1, 1, 0x00, 0, 63, 0)),
    scan(first, blocks),
    Buffer.of(0xff, 0xd9),
  ]);
}

function frame(width: number, height: number): Buffer {
  const data = Buffer.alloc(9);
  data[0] = 8;
  data.writeUInt16BE(height, 1);
  data.writeUInt16BE(width, 3);
  data.set([1, 1, 0x11, 0], 5);
  return data;
}

function codes(id: number, lengths: readonly number[], symbols: readonly number[]): Buffer {
  const counts = Array.from({ length: 16 }, (_, index) => lengths[index] ?? 0);
  return Buffer.from([id, ...counts, ...symbols]);
}

function scan(first: number, blocks: number): Buffer {
  const size = first === 0 ? 0 : Math.floor(Math.log2(Math.abs(first))) + 1;
  const amplitude = first < 0 ? first + 2 ** size - 1 : first;
  // Each block: the class of its difference, its bits, the end of the block.
  const bits = [
    binary(size, 4) + binary(amplitude, size) + '0',
    ...Array.from({ length: blocks - 1 }, () => '00000'),
  ].join('');
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
    bytes.push(byte);
    // A marker begins with this byte; in data a zero follows it.
    if (byte === 0xff) bytes.push(0);
  }
  return Buffer.from(bytes);
}

function binary(value: number, count: number): string {
  return count === 0 ? '' : value.toString(2).padStart(count, '0');
}

function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}
