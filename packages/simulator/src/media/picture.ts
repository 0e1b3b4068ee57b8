import { hashText, SeededRandom } from '../seeded-random.js';
import { jpeg } from './jpeg.js';
import { png } from './png.js';
import { webp } from './webp.js';

export type PictureFormat = 'png' | 'jpeg' | 'webp';

/** What a picture shows and how. */
export interface Picture {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  readonly format: PictureFormat;
}

/** A real picture of that size that follows from its text: coloured bands as PNG, one colour as WebP, one grey as JPEG. */
export function draw({ text, width, height, format }: Picture): Buffer {
  if (format === 'png') return png(text, width, height);
  const random = new SeededRandom(hashText(text));
  const shade = (): number => random.int(0, 255);
  return format === 'webp'
    ? webp(width, height, [shade(), shade(), shade()])
    : jpeg(width, height, shade());
}
