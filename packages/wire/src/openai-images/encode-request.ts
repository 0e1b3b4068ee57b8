import type { FileData, ImageRequest, JsonObject } from '@inferway/core';
import { fileBase64, InferwayError } from '@inferway/core';
import { MultipartBody, type FormPart } from '../body.js';
import { dataUrl } from '../data-url.js';
import { unsupported, warnForeignFields } from '../dropped.js';
import { formFile } from '../form-file.js';
import { formParts } from '../form-fields.js';
import type { EncodeTarget } from '../format.js';
import { addFields, type JsonBody } from '../json-body.js';
import { fieldOf, takes, writeSettings } from '../openai/settings.js';
import {
  OPENAI_IMAGES,
  type ImageFields,
  type ImageSetting,
  type OpenAIImagesDialect,
} from './dialect.js';

const PLAIN: readonly (readonly [ImageSetting, string])[] = [
  ['count', 'n'],
  ['aspectRatio', 'aspect_ratio'],
  ['quality', 'quality'],
  ['format', 'output_format'],
  ['compression', 'output_compression'],
  ['background', 'background'],
  ['negativePrompt', 'negative_prompt'],
  ['steps', 'steps'],
  ['guidance', 'guidance_scale'],
  ['seed', 'seed'],
  ['user', 'user'],
];

type Target = EncodeTarget<OpenAIImagesDialect>;

/** The path of a request where images to work on travel in a form. */
export function openaiImagesPath(_modelId: string, request: ImageRequest): string {
  return editsImages(request) ? 'images/edits' : 'images/generations';
}

function editsImages({ images }: ImageRequest): boolean {
  return images !== undefined && images.length > 0;
}

/** Canonical request to the body of `images/generations`, or to the form of `images/edits`. */
export function encodeRequest(request: ImageRequest, to: Target): JsonObject | MultipartBody {
  const body: JsonBody = { model: to.model, prompt: request.prompt };
  writeSettings(request, PLAIN, to, body);
  writeSize(request, to, body);
  writeDelivery(request, to, body);
  writeStream(request, to, body);
  const asForm = editsImages(request) && isForm(to.dialect?.images);
  if (!asForm) writeImageUrls(request, to, body);
  if (request.passthrough?.format === OPENAI_IMAGES) addFields(body, request.passthrough.fields);
  else warnForeignFields(request.passthrough, to);
  addFields(body, request.providerOptions?.[to.provider]);
  return asForm ? new MultipartBody([...formParts(body), ...imageParts(request, to)]) : body;
}

function isForm(images: OpenAIImagesDialect['images']): images is 'form' | undefined {
  return images === undefined || images === 'form';
}

function writeSize(request: ImageRequest, to: Target, body: JsonBody): void {
  const { size } = request;
  if (!takes(request, 'size', to) || size === undefined) return;
  if (to.dialect?.size !== 'sides') {
    body[fieldOf('size', 'size', to)] = size;
    return;
  }
  // Left to the model where it is left out.
  if (size === 'auto') return;
  const [width, height] = size.split('x').map(Number);
  body['width'] = width;
  body['height'] = height;
}

function writeDelivery({ delivery }: ImageRequest, to: Target, body: JsonBody): void {
  if (delivery === undefined) return;
  const words = to.dialect?.delivery ?? { bytes: 'b64_json', url: 'url' };
  if (words === 'none') {
    if (delivery === 'url') {
      to.warn(unsupported('delivery', `${to.provider} gives images of "${to.model}" as bytes`));
    }
    return;
  }
  // What comes as a URL all the same is fetched by the adapter.
  const word = words[delivery];
  if (word !== undefined) body['response_format'] = word;
  else if (delivery === 'url') {
    to.warn(unsupported('delivery', `${to.provider} gives images as bytes`));
  }
}

function writeStream(request: ImageRequest, to: Target, body: JsonBody): void {
  if (!to.stream || to.dialect?.streams === false) return;
  body['stream'] = true;
  if (takes(request, 'partialImages', to)) body['partial_images'] = request.partialImages;
}

function writeImageUrls(request: ImageRequest, to: Target, body: JsonBody): void {
  const { images = [] } = request;
  const fields = to.dialect?.images;
  if (request.mask !== undefined) {
    if (images.length === 0) {
      throw new InferwayError('invalid_request', {
        message: 'A mask needs the image that it is for. Give "images" too.',
        param: 'mask',
        sent: 'no',
      });
    }
    to.warn(unsupported('mask', `${to.provider} does not take it`));
  }
  if (images.length === 0 || isForm(fields)) return;
  if (!takes(request, 'images', to)) return;
  const urls = images.map((image, index) => urlOf(image, `images[${index}]`));
  const { one, many } = fields satisfies ImageFields;
  if (many !== undefined && (one === undefined || urls.length > 1)) body[many] = urls;
  else if (one !== undefined) {
    body[one] = urls[0];
    if (urls.length > 1) to.warn(unsupported('images[1]', `${to.provider} takes one image`));
  }
}

function urlOf(file: FileData, param: string): string {
  if (file.type === 'url') return file.url;
  if (file.type !== 'file-id') return dataUrl(file.mediaType, fileBase64(file));
  throw new InferwayError('invalid_request', {
    message: `${param} is a file id, and this provider takes bytes or a URL.`,
    param,
    sent: 'no',
  });
}

function imageParts(request: ImageRequest, to: Target): FormPart[] {
  const { images = [], mask } = request;
  const name = images.length > 1 ? 'image[]' : 'image';
  const parts: FormPart[] = images.map((image, index) => ({
    ...formFile('image', image, `images[${index}]`),
    name,
  }));
  if (takes(request, 'mask', to) && mask !== undefined) parts.push(formFile('mask', mask));
  return parts;
}
