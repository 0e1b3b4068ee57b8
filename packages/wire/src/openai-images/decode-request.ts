import type { FileData, ImageRequest, JsonObject } from '@inferway/core';
import { MultipartBody } from '../body.js';
import { checkBody, refuse, type Fields } from '../checks.js';
import { mediaOfUrl } from '../data-url.js';
import { fileOf, readForm, type FormShape, type ReadForm } from '../form-fields.js';
import type { DecodedRequest } from '../format.js';
import { defined } from '../json-body.js';
import { OPENAI_IMAGES } from './dialect.js';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'width',
  'height',
  'aspect_ratio',
  'quality',
  'output_format',
  'output_compression',
  'background',
  'negative_prompt',
  'steps',
  'guidance_scale',
  'seed',
  'response_format',
  'partial_images',
  'stream',
  'user',
  'image_url',
  'reference_images',
]);

const FORM: FormShape = {
  numbers: ['n', 'output_compression', 'partial_images', 'steps', 'guidance_scale', 'seed'],
  booleans: ['stream'],
};

/** Formats that the canonical request knows; others (`gif`, `svg`) are passed through. */
const FORMATS = ['png', 'jpeg', 'webp'] as const;
const MAX_COUNT = 10;
const MAX_IMAGES = 16;

/** A caller's body of `images/generations`, or form of `images/edits`, to canonical request. Unknown fields are kept in `passthrough`. */
export function decodeRequest(body: unknown): DecodedRequest<'image'> {
  if (!(body instanceof MultipartBody)) {
    const fields = checkBody(body);
    return decode(fields, { images: imageUrls(fields) }, 'generation');
  }
  const form = readForm(body, FORM);
  const images = filesOf(form, 'image');
  if (images === undefined) refuse('image', 'is missing; give the file of an image.');
  if (images.length > MAX_IMAGES) refuse('image', `must be at most ${MAX_IMAGES} files.`);
  const [mask] = filesOf(form, 'mask') ?? [];
  return decode(form.fields, { images, mask }, 'edit');
}

function decode(
  fields: Fields,
  files: Pick<ImageRequest, 'images' | 'mask'>,
  form: 'generation' | 'edit',
): DecodedRequest<'image'> {
  const model = fields.requiredString('model');
  if (model === '') fields.refuse('model', 'must name a model.');
  const prompt = fields.requiredString('prompt');
  if (prompt === '') fields.refuse('prompt', 'must say what to show.');
  const format = FORMATS.find((known) => known === fields.string('output_format'));
  const rest = restOf(fields, format === undefined);
  const stream = fields.boolean('stream') ?? false;
  const request: ImageRequest = defined({
    prompt,
    count: fields.integer('n', 1, MAX_COUNT),
    size: sizeOf(fields),
    aspectRatio: ratioOf(fields),
    quality: fields.string('quality'),
    format,
    compression: fields.number('output_compression', 0, 100),
    background: fields.oneOf('background', ['transparent', 'opaque', 'auto']),
    negativePrompt: fields.string('negative_prompt'),
    steps: fields.integer('steps', 1),
    guidance: fields.number('guidance_scale', 0),
    seed: fields.integer('seed'),
    delivery: deliveryOf(fields),
    partialImages: fields.integer('partial_images', 0, 3),
    user: fields.string('user'),
    ...files,
    passthrough: rest === undefined ? undefined : { format: OPENAI_IMAGES, fields: rest },
  });
  const { size, quality, background } = request;
  return { model, stream, request, as: { form, echo: defined({ size, quality, background }) } };
}

function restOf(fields: Fields, withFormat: boolean): JsonObject | undefined {
  const rest = fields.rest(KNOWN);
  const format = fields.string('output_format');
  return withFormat && format !== undefined ? { ...rest, output_format: format } : rest;
}

function sizeOf(fields: Fields): ImageRequest['size'] {
  const size = fields.string('size');
  const width = fields.integer('width', 1);
  const height = fields.integer('height', 1);
  if (size === undefined) {
    if (width === undefined && height === undefined) return undefined;
    if (width === undefined) return fields.refuse('width', 'is missing beside "height".');
    if (height === undefined) return fields.refuse('height', 'is missing beside "width".');
    return `${width}x${height}`;
  }
  if (size === 'auto' || /^[1-9]\d{0,4}x[1-9]\d{0,4}$/u.test(size)) return size as 'auto';
  return fields.refuse(
    'size',
    'must be a width and a height in pixels, as "1024x1024", or "auto".',
  );
}

function ratioOf(fields: Fields): ImageRequest['aspectRatio'] {
  const ratio = fields.string('aspect_ratio');
  if (ratio === undefined || /^\d+(?:\.\d+)?:\d+(?:\.\d+)?$/u.test(ratio)) {
    return ratio as ImageRequest['aspectRatio'];
  }
  return fields.refuse('aspect_ratio', 'must be two numbers, as "16:9".');
}

function deliveryOf(fields: Fields): ImageRequest['delivery'] {
  const form = fields.oneOf('response_format', ['b64_json', 'base64', 'url']);
  if (form === undefined) return undefined;
  return form === 'url' ? 'url' : 'bytes';
}

/** Images of a JSON body, as some providers take them. */
function imageUrls(fields: Fields): readonly FileData[] | undefined {
  const one = fields.string('image_url');
  const many = fields.strings('reference_images', MAX_IMAGES) ?? [];
  const urls = one === undefined ? many : [one, ...many];
  if (urls.length === 0) return undefined;
  return urls.map((url, index) =>
    URL.canParse(url) && /^(?:https?|data):/iu.test(url)
      ? mediaOfUrl(url)
      : refuse(
          one !== undefined && index === 0 ? 'image_url' : 'reference_images',
          'must be a URL of http:, https: or data:.',
        ),
  );
}

function filesOf({ fields, files }: ReadForm, name: string): FileData[] | undefined {
  if (fields.has(name)) fields.refuse(name, 'must be a file, not a text.');
  return files.get(name)?.map((file) => fileOf(file));
}
