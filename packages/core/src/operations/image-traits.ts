import { readFile } from '../files/read-file.js';
import type { Fold, OperationTraits, Prepared } from '../traits.js';
import { readFiles } from './file-fields.js';
import type { GeneratedImage, ImageEvent, ImageInput, ImageRequest, ImageResult } from './image.js';

/** How image events, results and inputs turn into each other. */
export const imageTraits: OperationTraits<'image'> = {
  fold: foldImages,
  unfold: ({ images, ...head }, usage) => [
    { type: 'start', ...head },
    ...images.map((image, index): ImageEvent => ({ type: 'image', index, image })),
    { type: 'end', ...(usage === undefined ? {} : { usage }) },
  ],
  // Images are counted in units or tokens of their own.
  outputLength: () => 0,
  ending({ images }) {
    if (images.length === 0) return 'incomplete';
    return images.some(({ image }) => image.type === 'url') ? 'passing' : 'answer';
  },
  async mapFiles(result, change) {
    const images = result.images.map(async (one) => ({ ...one, image: await change(one.image) }));
    return { ...result, images: await Promise.all(images) };
  },
  prepare(input, signal) {
    const { images, mask } = input;
    return images === undefined && mask === undefined
      ? { request: input as ImageRequest }
      : prepare(input, signal);
  },
};

async function prepare(
  input: ImageInput,
  signal: AbortSignal | undefined,
): Promise<Prepared<'image'>> {
  const { images, mask, ...rest } = input;
  return {
    request: {
      ...rest,
      ...(images === undefined ? {} : { images: await readFiles(images, 'images', signal) }),
      ...(mask === undefined ? {} : { mask: await readFile(mask, 'mask', signal) }),
    },
  };
}

function foldImages(): Fold<ImageEvent, ImageResult> {
  const images = new Map<number, GeneratedImage>();
  let head: Omit<ImageResult, 'images'> = {};
  return {
    add(event) {
      if (event.type === 'start') {
        const { type: _type, ...rest } = event;
        head = { ...head, ...rest };
      } else if (event.type === 'image') images.set(event.index, event.image);
    },
    result: () => ({
      ...head,
      images: [...images].sort(([a], [b]) => a - b).map(([, image]) => image),
    }),
  };
}
