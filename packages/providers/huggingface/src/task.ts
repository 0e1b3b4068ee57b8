import {
  fileBase64,
  readFile,
  type FileData,
  type FileInput,
  type JsonObject,
  type JsonValue,
  type OperationTraits,
  type ProviderOptions,
} from '@inferway/core';
import {
  decodeTaskOutput,
  encodeTask,
  fileOf,
  withFile,
  type BytesBody,
  type ClientFormat,
  type HfTask,
  type HfTaskOutput,
  type HfTaskRequest,
  type MappingEntry,
} from '@inferway/wire';
import type { JobShape, RequestHeaders } from '@inferway/provider-kit';

/** What stands beside a task's inputs and parameters. */
interface TaskSettings {
  /** Files of the output as they are to arrive. Default: as the provider gives them. */
  readonly delivery?: 'bytes' | 'url' | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
}

/** A task as it travels, files read. */
export type TaskRequest<T extends HfTask = HfTask> = HfTaskRequest<T> & TaskSettings;

/** A task as an application writes it. */
export type TaskInput<T extends HfTask = HfTask> = HfTaskRequest<T, FileInput> & TaskSettings;

export interface TaskResult<T extends HfTask = HfTask> {
  readonly task: T;
  readonly output: HfTaskOutput<T>;
}

declare module '@inferway/core' {
  interface Operations {
    /** The tasks of the Hub; `output` is typed by `task`. */
    task: {
      request: TaskRequest;
      input: TaskInput;
      result: { [T in HfTask]: TaskResult<T> }[HfTask];
      event: never;
      cases: {
        by: 'task';
        of: { [T in HfTask]: { input: TaskInput<T>; result: TaskResult<T> } };
      };
    };
  }
}

/** How inputs of a task become a request: its file is read, so that a retry or fallback can send it again. */
export const taskTraits: OperationTraits<'task'> = {
  outputLength: () => 0,
  prepare(input, signal) {
    const { task, inputs } = input;
    const file = fileOf(task, inputs) as FileInput | undefined;
    if (file === undefined) return { request: input as TaskRequest };
    return read(input, file, signal);
  },
};

async function read(
  input: TaskInput,
  file: FileInput,
  signal: AbortSignal | undefined,
): Promise<{ request: TaskRequest }> {
  const { task, inputs } = input;
  const param = file === (inputs as unknown) ? 'inputs' : 'inputs.image';
  const travelling: FileData = await readFile(file, param, signal);
  return { request: { ...input, inputs: withFile(task, inputs, travelling) } as TaskRequest };
}

/** Tasks as hf-inference, the Hub's own containers and servers like them speak them. */
export const hfTasks: ClientFormat<'task', object, JsonObject | BytesBody> = {
  name: 'hf-tasks',
  operation: 'task',
  traits: taskTraits,
  answers: 'any',
  encodeRequest: (request, to) => encodeTask(request, request.providerOptions?.[to.provider]),
  decodeResponse(body, from) {
    const { task, inputs } = from.request as TaskRequest;
    const output = decodeTaskOutput({ task, inputs } as HfTaskRequest, body, from);
    return { result: { task, output } as TaskResult<never> };
  },
};

/** How a partner does one task. Paths are beneath its address. */
export interface PartnerJob {
  readonly path: (modelId: string, routed: boolean) => string;
  /** Fields that take the inputs, or the fields made of them; `images[]` takes them in a list. A file travels as a `data:` URL. */
  readonly input: readonly string[] | ((inputs: JsonValue) => JsonObject);
  /** `base64` where a file must be no URL. */
  readonly files?: 'base64' | undefined;
  /** What it calls media types that it knows by other names. */
  readonly mediaTypes?: Readonly<Record<string, string>> | undefined;
  /** Parameters that have other names there. */
  readonly names?: Readonly<Record<string, string>> | undefined;
  /** The field that all of this stands in. */
  readonly within?: string | undefined;
  /** Fields beside. */
  readonly more?: ((modelId: string) => JsonObject) | undefined;
  /** Fields for weights of the user's, where the mapping names them. */
  readonly adapter?: ((entry: MappingEntry, model: string) => JsonObject) | undefined;
  readonly headers?: RequestHeaders | undefined;
  readonly job?: ((routed: boolean) => JobShape) | undefined;
  /** Where the answer says how many seconds the machine worked. */
  readonly seconds?: string | undefined;
  /** Its own address for this, where it has another one. */
  readonly baseUrl?: string | undefined;
}

/** The body of a task as fields. */
export function jobBody(
  { task, inputs, parameters, providerOptions }: TaskRequest,
  job: PartnerJob,
  modelId: string,
  adapter: JsonObject | undefined,
): JsonObject {
  const file = fileOf(task, inputs);
  const value = file === undefined ? (inputs as JsonValue) : fileText(file, job);
  const fields: Record<string, JsonValue | undefined> = {};
  for (const [name, given] of Object.entries({
    ...parameters,
    ...providerOptions?.['huggingface'],
  })) {
    fields[job.names?.[name] ?? name] = given as JsonValue;
  }
  if (typeof job.input === 'function') Object.assign(fields, job.input(value));
  else {
    for (const name of job.input) {
      if (name.endsWith('[]')) fields[name.slice(0, -2)] = [value];
      else fields[name] = value;
    }
  }
  Object.assign(fields, adapter);
  const body = job.within === undefined ? fields : { [job.within]: fields };
  return { ...body, ...job.more?.(modelId) };
}

function fileText(file: FileData, job: PartnerJob): string {
  if (file.type === 'url') return file.url;
  const base64 = fileBase64(file);
  if (job.files === 'base64') return base64;
  const type = ('mediaType' in file ? file.mediaType : undefined) ?? 'application/octet-stream';
  return `data:${job.mediaTypes?.[type] ?? type};base64,${base64}`;
}
