import {
  fileBase64,
  sniffMediaType,
  type FileData,
  type JsonObject,
  type JsonValue,
} from '@inferway/core';
import {
  BytesBody,
  decodeMultipart,
  decodeTask,
  encodeTaskOutput,
  type HfTask,
  type HfTaskOutput,
} from '@inferway/wire';
import type { Exchange, HttpAnswer } from '../../../http/exchange.js';
import type { SimulatorContext } from '../../../serve/context.js';
import { modelReference } from '../../../serve/model-reference.js';
import type { Route } from '../../protocol.js';
import { answerTask } from './answer-task.js';
import { JobBook } from './job-book.js';
import { bytesOf } from './media-answers.js';
import { readTaskBody, tellTask, textOf } from './task-desk.js';
import { findTaskModel } from './task-models.js';

interface Asked {
  readonly partner: string;
  readonly id: string;
  /** The task's input, and what else the body had. */
  readonly read: (body: JsonObject) => readonly [input: unknown, parameters: JsonObject];
  readonly answer: (output: HfTaskOutput, task: HfTask) => HttpAnswer;
}

const INPUTS = ['prompt', 'text', 'input', 'audio_url', 'audio', 'image_url', 'image', 'file'];

/** The tasks at providers with a protocol of their own for them: at once, in a queue, or as a prediction. */
export function partnerRoutes(context: SimulatorContext): readonly Route[] {
  const jobs = new JobBook();
  const serve = async (exchange: Exchange, asked: Asked, read?: unknown): Promise<void> => {
    const body = read ?? (await readTaskBody(exchange, context));
    if (body === undefined) return;
    const fields = body instanceof BytesBody ? {} : (body as JsonObject);
    const named = typeof fields['model'] === 'string' ? fields['model'] : asked.id;
    const found = findTaskModel(modelReference(named).id);
    if (found === undefined || !found.partners.includes(asked.partner)) {
      exchange.over('refused');
      const error = `Model not supported by provider ${asked.partner}`;
      exchange.send({ status: 400, body: { error } });
      return;
    }
    const { partner: servedBy } = asked;
    tellTask({ exchange, context, id: named, servedBy }, found, textOf(body), () => {
      const [inputs, parameters] = asked.read(fields);
      const { request } = decodeTask(found.task, { inputs, parameters } as object);
      return asked.answer(answerTask(request), found.task);
    });
  };
  const fields = (body: JsonObject): readonly [unknown, JsonObject] => {
    const name = INPUTS.find((one) => body[one] !== undefined && isInput(body, one)) ?? 'inputs';
    const { [name]: input, model: _model, ...rest } = body;
    return [input, rest];
  };
  const queued = (
    partner: string,
    path: RegExp,
    accepted: (id: string, model: string, exchange: Exchange) => HttpAnswer,
    done: (output: HfTaskOutput, task: HfTask, files: readonly string[], id: string) => JsonObject,
    within?: string,
  ): Route => ({
    method: 'POST',
    path,
    handle: (exchange, [id = '']) =>
      serve(exchange, {
        partner,
        id,
        read: (body) => fields(within === undefined ? body : ((body[within] as JsonObject) ?? {})),
        answer(output, task) {
          const files = filesOf(output).map((file) => jobs.keepFile(file, exchange));
          const job = jobs.add((jobId) => done(output, task, files, jobId));
          return accepted(job, id, exchange);
        },
      }),
  });
  const told = (
    path: RegExp,
    state: (id: string, first: boolean) => JsonObject | undefined,
  ): Route => ({
    method: 'GET',
    path,
    handle(exchange, [group = '']) {
      const id =
        group === ''
          ? (new URL(exchange.record.path, 'http://x').searchParams.get('task_id') ?? '')
          : group;
      const body = state(id, jobs.asked(id));
      exchange.over(body === undefined ? 'refused' : 'complete');
      exchange.send(
        body === undefined
          ? { status: 404, body: { detail: 'Not found.' } }
          : { status: 200, body },
      );
    },
  });
  const wavespeedState = (id: string, status: string): JsonObject => ({
    code: 200,
    message: 'success',
    data: {
      id,
      status,
      outputs: [],
      urls: { get: `https://api.wavespeed.ai/api/v3/predictions/${id}/result` },
    },
  });
  return [
    jobs.fileRoute,
    // fal: sounds and texts at once, the rest in a queue.
    {
      method: 'POST',
      path: /^\/fal-ai\/(.+)$/u,
      handle: (exchange, [id = '']) => {
        const queue = exchange.record.path.includes('_subdomain=queue');
        return serve(exchange, {
          partner: 'fal-ai',
          id,
          read: fields,
          answer(output, task) {
            const files = filesOf(output).map((file) => jobs.keepFile(file, exchange));
            const result = falResult(output, task, files);
            if (!queue) return { status: 200, body: result };
            const job = jobs.add(() => result);
            const at = `https://queue.fal.run/fal-ai/${id}/requests/${job}`;
            return {
              status: 200,
              body: {
                request_id: job,
                status: 'IN_QUEUE',
                response_url: at,
                status_url: `${at}/status`,
              },
            };
          },
        });
      },
    },
    told(/^\/fal-ai\/.+\/requests\/([\w-]+)\/status$/u, (id, first) =>
      jobs.has(id) ? { status: first ? 'IN_PROGRESS' : 'COMPLETED', request_id: id } : undefined,
    ),
    told(/^\/fal-ai\/.+\/requests\/([\w-]+)$/u, (id) => jobs.result(id)),
    queued(
      'replicate',
      /^\/replicate\/v1\/models\/(.+)\/predictions$/u,
      (id, model, exchange) => {
        const waits = exchange.header('prefer')?.startsWith('wait') === true;
        const result = jobs.result(id) ?? {};
        return {
          status: 201,
          body: waits ? result : { id, model, status: 'starting', output: null, error: null },
        };
      },
      (output, task, files, id) => ({
        id,
        status: 'succeeded',
        error: null,
        output: predicted(output, task, files),
        metrics: { predict_time: 0.42 },
      }),
      'input',
    ),
    told(/^\/replicate\/v1\/predictions\/([\w-]+)$/u, (id, first) =>
      first && jobs.has(id)
        ? { id, status: 'processing', output: null, error: null }
        : jobs.result(id),
    ),
    queued(
      'wavespeed',
      /^\/wavespeed\/api\/v3\/(.+)$/u,
      (id) => ({ status: 200, body: wavespeedState(id, 'created') }),
      (_output, _task, files, id) => ({
        code: 200,
        message: 'success',
        data: { id, status: 'completed', outputs: files, timings: { inference: 420 } },
      }),
    ),
    told(/^\/wavespeed\/api\/v3\/predictions\/([\w-]+)\/result$/u, (id, first) =>
      first && jobs.has(id) ? wavespeedState(id, 'processing') : jobs.result(id),
    ),
    queued(
      'novita',
      /^\/novita\/v3\/async\/(.+)$/u,
      (id) => ({ status: 200, body: { task_id: id } }),
      (_output, _task, files, id) => ({
        task: { task_id: id, status: 'TASK_STATUS_SUCCEED' },
        videos: files.map((url) => ({ video_url: url })),
      }),
    ),
    told(/^\/novita\/v3\/async\/task-result()$/u, (id, first) =>
      first && jobs.has(id)
        ? { task: { task_id: id, status: 'TASK_STATUS_PROCESSING' } }
        : jobs.result(id),
    ),
    queued(
      'zai-org',
      /^\/zai-org\/api\/paas\/v4\/async\/images\/generations()$/u,
      (id) => ({ status: 200, body: { id, task_status: 'PROCESSING' } }),
      (_output, _task, files, id) => ({
        id,
        task_status: 'SUCCESS',
        image_result: files.map((url) => ({ url })),
      }),
    ),
    told(/^\/zai-org\/api\/paas\/v4\/async-result\/([\w-]+)$/u, (id) => jobs.result(id)),
    // OpenAI's shapes.
    {
      method: 'POST',
      path: /^\/(together|nscale|deepinfra)\/(?:v1|v1\/openai)\/images\/generations$/u,
      handle: (exchange, [partner = '']) =>
        serve(exchange, {
          partner,
          id: '',
          read: fields,
          answer: (output) => ({
            status: 200,
            body: {
              data: filesOf(output).map((file, index) => ({ index, b64_json: fileBase64(file) })),
            },
          }),
        }),
    },
    {
      method: 'POST',
      path: /^\/(together|deepinfra)\/(?:v1|v1\/openai)\/audio\/speech$/u,
      handle: (exchange, [partner = '']) =>
        serve(exchange, {
          partner,
          id: '',
          read: fields,
          answer(output, task) {
            const sound = encodeTaskOutput(task, output) as BytesBody;
            return { status: 200, headers: { 'content-type': sound.mediaType }, body: sound.data };
          },
        }),
    },
    {
      method: 'POST',
      path: /^\/(together|deepinfra)\/(?:v1|v1\/openai)\/audio\/transcriptions$/u,
      async handle(exchange, [partner = '']) {
        const body = await readTaskBody(exchange, context);
        if (!(body instanceof BytesBody)) return;
        const { parts } = await decodeMultipart(body.data, body.mediaType);
        const form: Record<string, string> = {};
        for (const part of parts) {
          form[part.name] = 'data' in part ? Buffer.from(part.data).toString('base64') : part.value;
        }
        const { file = '', ...rest } = form;
        await serve(
          exchange,
          {
            partner,
            id: '',
            read: () => [file, {}],
            answer: (output) => ({
              status: 200,
              body: { text: (output as { text: string }).text },
            }),
          },
          rest,
        );
      },
    },
  ];
}

// `text` beside a prompt, or a model's own `image` beside a text, is a parameter.
function isInput(body: JsonObject, name: string): boolean {
  if (name !== 'prompt') return true;
  return !['image_url', 'image', 'input_image'].some((image) => body[image] !== undefined);
}

function filesOf(output: HfTaskOutput): FileData[] {
  const all: readonly unknown[] = Array.isArray(output) ? output : [output];
  return all.filter(
    (one): one is FileData => typeof one === 'object' && one !== null && 'type' in one,
  );
}

// A model that makes one thing gives it, and no list of it.
function predicted(output: HfTaskOutput, task: HfTask, files: readonly string[]): JsonValue {
  if (task === 'automatic-speech-recognition') return (output as { text: string }).text;
  return task.endsWith('-video') ? (files[0] ?? null) : files;
}

function falResult(output: HfTaskOutput, task: HfTask, files: readonly string[]): JsonObject {
  const [url] = files;
  const [file] = filesOf(output);
  const type = file === undefined ? undefined : sniffMediaType(bytesOf(file));
  if (task === 'automatic-speech-recognition') {
    const { text } = output as HfTaskOutput<'automatic-speech-recognition'>;
    return { text };
  }
  if (task.endsWith('-video')) return { video: { url, content_type: type } };
  if (task === 'text-to-speech') return { audio: { url, content_type: type } };
  return {
    images: files.map((each) => ({ url: each, width: 64, height: 64, content_type: type })),
    timings: { inference: 0.42 },
    seed: 1,
  };
}
