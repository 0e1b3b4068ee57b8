import { sniffMediaType, type FileData, type JsonObject, type JsonValue } from '@inferway/core';
import { fromBase64 } from '../base64.js';
import { BytesBody } from '../body.js';
import { checkBody, refuse, type Fields } from '../checks.js';
import { mediaOfUrl } from '../data-url.js';
import { filePlace } from './inputs.js';
import type { HfTask, HfTaskRequest } from './tasks.js';

/** A caller's request for a task, with what else stood in its body. */
export interface DecodedTask {
  readonly request: HfTaskRequest;
  /** Such as `options`. */
  readonly fields: JsonObject | undefined;
}

const KNOWN: ReadonlySet<string> = new Set(['inputs', 'parameters']);

/** Reads a caller's body for `task`: JSON, or a file. @throws {InferwayError} `invalid_request` whose `param` is the path of the field. */
export function decodeTask(task: HfTask, body: unknown): DecodedTask {
  if (body instanceof BytesBody) {
    if (filePlace(task) !== 'inputs') refuse('inputs', 'is missing; give it in a JSON body.');
    if (body.data.length === 0) refuse('', 'is empty; send the file as the body.');
    const file = { type: 'bytes', data: body.data, mediaType: body.mediaType } as const;
    return { request: { task, inputs: file } as HfTaskRequest, fields: undefined };
  }
  const fields = checkBody(body);
  const rest = fields.rest(KNOWN);
  // Of this one task, parameters stand beside the inputs.
  const beside = task === 'feature-extraction';
  const parameters = fields.json('parameters') ?? (beside ? rest : undefined);
  const request = { task, inputs: inputsOf(task, fields) };
  return {
    request: (parameters === undefined ? request : { ...request, parameters }) as HfTaskRequest,
    fields: beside ? undefined : rest,
  };
}

function inputsOf(task: HfTask, fields: Fields): unknown {
  switch (filePlace(task)) {
    case 'inputs':
      return fileOf(fields.requiredString('inputs'), fields.path('inputs'));
    case 'only-image': {
      const inputs = fields.requiredFields('inputs');
      return fileOf(inputs.requiredString('image'), inputs.path('image'));
    }
    case 'image': {
      const inputs = fields.requiredFields('inputs');
      return {
        question: inputs.requiredString('question'),
        image: fileOf(inputs.requiredString('image'), inputs.path('image')),
      };
    }
    default:
      return plainInputs(task, fields);
  }
}

function plainInputs(task: HfTask, fields: Fields): unknown {
  switch (task) {
    case 'question-answering': {
      const inputs = fields.requiredFields('inputs');
      const question = inputs.requiredString('question');
      return { question, context: inputs.requiredString('context') };
    }
    case 'table-question-answering': {
      const inputs = fields.requiredFields('inputs');
      return {
        // The Hub's description says "question", the pipelines behind it read "query".
        query: inputs.string('question') ?? inputs.requiredString('query'),
        table: inputs.requiredFields('table').object as JsonValue,
      };
    }
    case 'sentence-similarity': {
      const inputs = fields.requiredFields('inputs');
      return {
        sourceSentence: inputs.requiredString('source_sentence'),
        sentences: inputs.strings('sentences') ?? [],
      };
    }
    case 'tabular-classification':
    case 'tabular-regression':
      return { data: fields.requiredFields('inputs').requiredFields('data').object };
    case 'summarization':
    case 'translation':
    case 'feature-extraction':
      return Array.isArray(fields.value('inputs'))
        ? fields.strings('inputs')
        : fields.requiredString('inputs');
    default:
      return fields.requiredString('inputs');
  }
}

/** A file of a JSON body: a URL, or base64 with or without its media type. */
function fileOf(text: string, path: string): FileData {
  if (/^(?:https?|data):/iu.test(text)) return mediaOfUrl(text);
  const data = fromBase64(text);
  if (data === undefined || data.length === 0) refuse(path, 'is neither base64 nor a URL.');
  const mediaType = sniffMediaType(data) ?? 'application/octet-stream';
  return { type: 'base64', data: text, mediaType };
}
