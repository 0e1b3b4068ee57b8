import {
  fileBase64,
  fileBytes,
  InferwayError,
  type FileData,
  type JsonObject,
  type JsonValue,
} from '@inferway/core';
import { BytesBody } from '../body.js';
import { addFields, type JsonBody } from '../json-body.js';
import { fileOf, filePlace } from './inputs.js';
import type { HfTaskRequest } from './tasks.js';

/**
 * A task's request as the Hub's own servers and those like them take it: `{inputs, parameters}`, or a file as it is.
 *
 * @param options The caller's own fields for the body.
 * @throws {InferwayError} `invalid_request` for a file that is only an id elsewhere.
 */
export function encodeTask(
  { task, inputs, parameters }: HfTaskRequest,
  options?: object | undefined,
): JsonObject | BytesBody {
  const file = fileOf(task, inputs);
  const place = filePlace(task);
  const plain = parameters === undefined || Object.keys(parameters).length === 0;
  if (
    file !== undefined &&
    place === 'inputs' &&
    plain &&
    options === undefined &&
    file.type !== 'url' &&
    task !== 'image-segmentation'
  ) {
    return new BytesBody(fileBytes(file), mediaTypeOf(file));
  }
  const body: JsonBody = { inputs: inputsOf({ task, inputs } as HfTaskRequest, file) };
  // Of this one task, servers read the parameters beside the inputs.
  if (task === 'feature-extraction') addFields(body, parameters);
  else if (!plain) body['parameters'] = parameters as JsonObject;
  addFields(body, options);
  return body;
}

function inputsOf({ task, inputs }: HfTaskRequest, file: FileData | undefined): JsonValue {
  if (task === 'sentence-similarity') {
    return { source_sentence: inputs.sourceSentence, sentences: inputs.sentences };
  }
  if (file === undefined) return inputs as JsonValue;
  const text = textOf(file);
  switch (filePlace(task)) {
    case 'image':
      return { ...(inputs as unknown as JsonObject), image: text };
    case 'only-image':
      return { image: text };
    default:
      return text;
  }
}

// The pipelines behind it take a URL in the place of base64.
function textOf(file: FileData): string {
  if (file.type === 'url') return file.url;
  if (file.type !== 'file-id') return fileBase64(file);
  throw new InferwayError('invalid_request', {
    message: 'Tasks take bytes or a URL; this file is an id at a provider.',
    param: 'inputs',
    sent: 'no',
  });
}

function mediaTypeOf(file: FileData): string {
  return ('mediaType' in file ? file.mediaType : undefined) ?? 'application/octet-stream';
}
