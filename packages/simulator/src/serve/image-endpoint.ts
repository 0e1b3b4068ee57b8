import type { FileData, GeneratedImage, ImageEvent, ImageRequest, Usage } from '@inferway/core';
import { fileBytes, InferwayError, sniffMediaType } from '@inferway/core';
import { openaiImages, type WireBody } from '@inferway/wire';
import type { Generation, Step } from '../answer/generation.js';
import { draw, type Picture } from '../media/picture.js';
import type { Voice } from '../protocols/voice.js';
import { countTokens } from '../text/tokenizer.js';
import type { Endpoint } from './endpoint.js';
import { findPlain } from './find-plain.js';
import { link } from './link.js';

/** Tokens of an image by its quality, and of one that is read. */
const TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1056, high: 4160 };
const USUAL_TOKENS = 1056;
const TOKENS_READ = 323;
const SIDE = 1024;
/** Large images would only cost time; the real size is kept up to this. */
const LARGEST_SIDE = 2048;

/** What differs between protocols. */
export interface ImageSettings {
  readonly format?: Endpoint<'image', WireBody, WireBody>['format'] | undefined;
  /** How images come where the request does not say. Default `bytes`. */
  readonly delivery?: 'bytes' | 'url' | undefined;
  /** Where links to images lead, as a path of the server. */
  readonly links: string;
}

/** A route that draws images. */
export function imageEndpoint(
  voice: Voice,
  { format = openaiImages, delivery: usual = 'bytes', links }: ImageSettings,
): Endpoint<'image', WireBody, WireBody> {
  return {
    format,
    voice,
    kind: 'image',
    cache: 'none',
    find: findPlain,
    segments: ({ prompt, images = [] }) => [
      { text: prompt, tokens: countTokens(prompt) },
      ...images.map((_, index) => ({ text: `image ${index}`, tokens: TOKENS_READ })),
    ],
    maxOutputTokens: () => undefined,
    generate(request) {
      checkImages(request);
      const delivery = request.delivery ?? usual;
      const pictures = picturesOf(request);
      const images = pictures.map((picture): GeneratedImage => ({
        image: delivery === 'url' ? { type: 'url', url: link(links, picture) } : drawn(picture),
        revisedPrompt: undefined,
      }));
      return generation(request, pictures, images);
    },
  };
}

function generation(
  request: ImageRequest,
  pictures: readonly Picture[],
  images: readonly GeneratedImage[],
): Generation<'image'> {
  const each = TOKENS[request.quality ?? ''] ?? USUAL_TOKENS;
  const outputTokens = each * images.length;
  const read = (request.images?.length ?? 0) * TOKENS_READ;
  return {
    outputTokens,
    reasoningTokens: 0,
    usage: {
      units: { images: images.length },
      outputImageTokens: outputTokens,
      ...(read === 0 ? {} : { inputImageTokens: read }),
    },
    steps: (_, usage) => steps(request, pictures, images, each, usage),
    result: () => ({ images }),
  };
}

function* partials(picture: Picture, index: number, count: number): Iterable<ImageEvent> {
  for (let step = 0; step < count; step++) {
    const image = drawn({ ...picture, text: `${picture.text} unfinished ${step}` });
    yield { type: 'image-partial', index, step, image };
  }
}

function steps(
  { partialImages = 0 }: ImageRequest,
  pictures: readonly Picture[],
  images: readonly GeneratedImage[],
  tokens: number,
  usage: Usage,
): readonly Step<ImageEvent>[] {
  const told = images.flatMap((image, index): Step<ImageEvent>[] => [
    ...[...partials(pictures[index] as Picture, index, partialImages)].map(
      (event): Step<ImageEvent> => ({ kind: 'text', events: [event], tokens: 0 }),
    ),
    { kind: 'text', events: [{ type: 'image', index, image }], tokens },
  ]);
  return [
    { kind: 'start', events: [{ type: 'start' }], tokens: 0 },
    ...told,
    { kind: 'end', events: [{ type: 'end', usage }], tokens: 0 },
  ];
}

function picturesOf(request: ImageRequest): readonly Picture[] {
  const { prompt, count = 1, size = 'auto', format = 'png', images = [] } = request;
  const [width = SIDE, height = SIDE] = size === 'auto' ? [] : size.split('x').map(Number);
  const began = images.map((image) => ('data' in image ? fileBytes(image).length : 0)).join(' ');
  return Array.from({ length: count }, (_, index) => ({
    text: `${prompt} ${began} ${request.seed ?? ''} ${index}`,
    width: Math.min(width, LARGEST_SIDE),
    height: Math.min(height, LARGEST_SIDE),
    format,
  }));
}

function drawn(picture: Picture): FileData {
  const data = draw(picture).toString('base64');
  return { type: 'base64', data, mediaType: `image/${picture.format}` };
}

/** What is to be worked on must be images. */
function checkImages({ images = [], mask }: ImageRequest): void {
  for (const [param, file] of [
    ...images.map((image) => ['image', image] as const),
    ['mask', mask] as const,
  ]) {
    if (file === undefined || file.type === 'url') continue;
    if (sniffMediaType(fileBytes(file))?.startsWith('image/') === true) continue;
    throw new InferwayError('invalid_request', {
      message: `Invalid image file or mode for ${param}, please check your image file.`,
      param,
    });
  }
}
