import {
  completeTraits,
  isJsonObject,
  rawTraits,
  type AnyReply,
  type Call,
  type InferwayError,
  type ProviderOf,
  type UnaryReply,
} from '@inferway/core';
import {
  connect,
  defineProvider,
  describedListing,
  endpoint,
  pick,
  rawEndpoint,
  whileStarting,
  type Connection,
  type Identity,
  type RequestHeaders,
  type Transport,
} from '@inferway/provider-kit';
import {
  openaiCompletions,
  openaiEmbeddings,
  OPERATION_TASKS,
  rerank,
  tgiGenerate,
} from '@inferway/wire';
import { TOKEN_VARIABLES } from './catalog.js';
import { CHATS, estimatedMs, serverTimings, type HuggingFaceApi } from './huggingface.js';
import { hfTasks, taskTraits, type TaskRequest } from './task.js';

/** What runs inside of an endpoint. `toolkit`: the Hub's own containers for classic tasks. */
export type EndpointEngine = 'vllm' | 'sglang' | 'llama.cpp' | 'tgi' | 'tei' | 'toolkit';

export interface HuggingFaceEndpointOptions<Name extends string = string> {
  /** As the Hub shows it; `/v1` or `/v1/chat/completions` at its end plays no part. */
  readonly url: string;
  /** The part before the slash in `name/model`. Default `endpoint`. */
  readonly name?: Name | undefined;
  /** Default: seen at the first call for which it matters (`rerank`, `task`). */
  readonly engine?: EndpointEngine | undefined;
  /** A token of the Hub; public endpoints need none. Default: `HF_TOKEN`, then `HUGGING_FACE_HUB_TOKEN`. */
  readonly apiKey?: string | undefined;
  /** The protocol of chats, of those that the engine has. Default `chat-completions`. */
  readonly api?: HuggingFaceApi | undefined;
  /** How long a call may wait for an endpoint that is scaled to zero or loads its model, all waits together. Default 600 000 ms; 0: not at all. */
  readonly startMs?: number | undefined;
  /** Where the control plane says in which state the endpoint is, for the error when that time is over. */
  readonly control?:
    | { readonly namespace: string; readonly endpoint: string; readonly url?: string | undefined }
    | undefined;
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

type Served = 'chat' | 'complete' | 'embed' | 'rerank' | 'task' | 'raw';

/**
 * A dedicated Inference Endpoint: `endpoint/model`, where the model is what its engine calls it. Calls wait, bounded, while it starts.
 *
 * @throws {InferwayError} `configuration` for a bad URL, key or header.
 */
export function createHuggingFaceEndpoint(
  options: HuggingFaceEndpointOptions & { readonly name?: undefined },
): ProviderOf<'endpoint', Served>;
export function createHuggingFaceEndpoint<const Name extends string>(
  options: HuggingFaceEndpointOptions<Name> & { readonly name: Name },
): ProviderOf<Name, Served>;
export function createHuggingFaceEndpoint(
  options: HuggingFaceEndpointOptions,
): ProviderOf<string, Served> {
  const { startMs = 600_000, control, transport } = options;
  const identity: Identity = {
    name: options.name ?? 'endpoint',
    baseUrl: options.url
      .trim()
      .replace(/\/+$/u, '')
      .replace(/\/chat\/completions$/u, '')
      .replace(/\/v1$/u, ''),
    key: { apiKey: options.apiKey, env: TOKEN_VARIABLES, optional: true },
    headers: {
      // The proxy then holds a request while machines start, instead of refusing it.
      ...(startMs > 0 ? { 'x-scale-up-timeout': String(Math.ceil(startMs / 1000)) } : {}),
      ...(options.api === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
      ...options.headers,
    },
    serverTimings,
    transport,
  };
  const connection = connect(identity);
  const engineOf = engineFinder(connection, options.engine);
  const profile = { ...identity, models: describedListing('v1/models') };
  const complete =
    options.engine === 'tgi'
      ? endpoint({ format: tgiGenerate, path: '', dialect: { streamField: true } })
      : endpoint({ format: openaiCompletions, path: 'v1/completions' });
  const base = defineProvider(
    {
      ...profile,
      endpoints: {
        chat: pick(CHATS, options.api ?? 'chat-completions', 'api'),
        complete,
        embed: endpoint({ format: openaiEmbeddings, path: 'v1/embeddings' }),
        rerank: endpoint({ format: rerank, path: 'v1/rerank' }),
        task: endpoint({ format: hfTasks, path: '' }),
        raw: rawEndpoint,
      },
    },
    connection,
  );
  const tei = defineProvider(
    {
      ...profile,
      endpoints: {
        rerank: endpoint({ format: rerank, path: 'rerank', dialect: { shape: 'texts' } }),
        task: endpoint({ format: hfTasks, path: (_model, { task }) => TEI_PATHS[task] ?? '' }),
      },
    },
    connection,
  );
  const run = (call: Call, ask: () => Promise<AnyReply>): Promise<never> =>
    whileStarting(call, ask, {
      isStarting,
      estimateMs: estimatedMs,
      maxMs: startMs,
      holds: true,
      giveUp: (_error, waitedMs) => stateAfter(waitedMs, control, connection, call),
    }) as Promise<never>;
  return {
    ...base,
    chat: (call: Call<'chat'>) => run(call, () => base.chat(call)),
    complete: (call: Call<'complete'>) => run(call, () => base.complete(call)),
    embed: (call: Call<'embed'>) =>
      run(call, () =>
        options.engine === 'toolkit' ? embedByTask(base.task, call) : base.embed(call),
      ),
    rerank: (call: Call<'rerank'>) =>
      run(call, async () => ((await engineOf(call)) === 'tei' ? tei : base).rerank(call)),
    task: (call: Call<'task'>) =>
      run(call, async () => ((await engineOf(call)) === 'tei' ? tei : base).task(call)),
    raw: (call: Call<'raw'>) => run(call, () => base.raw(call)),
    traits: { complete: completeTraits, task: taskTraits, raw: rawTraits },
  } as unknown as ProviderOf<string, Served>;
}

/** Routes of Text Embeddings Inference that are tasks of the Hub. */
const TEI_PATHS: Readonly<Partial<Record<string, string>>> = {
  'feature-extraction': 'embed',
  'text-classification': 'predict',
  'sentence-similarity': 'similarity',
};

/** The proxy's refusal while machines start, and llama.cpp's while it loads; not the one of a server that has too much to do. */
function isStarting({ status, body = '' }: InferwayError): boolean {
  return status === 503 && !/overload|capacity|too many|rate limit/iu.test(body);
}

/** Tells TEI from the others by its own route, once. */
function engineFinder(
  connection: Connection,
  told: EndpointEngine | undefined,
): (call: Call) => Promise<EndpointEngine | undefined> {
  let known = told;
  return async (call) => {
    if (known !== undefined) return known;
    const session = connection.session(call);
    try {
      const info = await session.json({ path: 'info' });
      known = engineOfInfo(info);
      return known;
    } catch (reason) {
      // No such route: an engine that speaks OpenAI's protocol, or a toolkit.
      if ((reason as InferwayError).status === 404) return (known = 'toolkit');
      throw reason;
    }
  };
}

function engineOfInfo(info: unknown): EndpointEngine {
  if (!isJsonObject(info)) return 'toolkit';
  if (isJsonObject(info['model_type'])) return 'tei';
  return info['max_total_tokens'] === undefined ? 'toolkit' : 'tgi';
}

async function embedByTask(
  task: (call: Call<'task'>) => Promise<AnyReply>,
  call: Call<'embed'>,
): Promise<AnyReply> {
  const { embed } = OPERATION_TASKS;
  const options = call.request.providerOptions?.[call.model.provider];
  const request = embed.toTask(call.request, options, () => {}) as TaskRequest;
  const reply = await task({ ...call, operation: 'task', stream: false, request });
  const { output } = (reply as UnaryReply<'task'>).result;
  return { ...reply, result: embed.toResult(output) } as AnyReply;
}

async function stateAfter(
  waitedMs: number,
  control: HuggingFaceEndpointOptions['control'],
  connection: Connection,
  call: Call,
): Promise<string> {
  const seconds = `after ${(waitedMs / 1000).toFixed(0)} s of waiting`;
  const state = control === undefined ? undefined : await stateOf(control, connection, call);
  return state === undefined
    ? `The endpoint has not started ${seconds}; it may be scaled to zero, loading its model, or out of order.`
    : `The endpoint is "${state}" ${seconds}. Look at it in the Hub’s console, or raise "startMs".`;
}

async function stateOf(
  control: NonNullable<HuggingFaceEndpointOptions['control']>,
  { identity }: Connection,
  { credential, signal }: Call,
): Promise<string | undefined> {
  const baseUrl = control.url ?? 'https://api.endpoints.huggingface.cloud';
  const plane = connect({
    name: identity.name,
    baseUrl,
    key: identity.key,
    transport: identity.transport,
  });
  const path = `v2/endpoint/${encodeURIComponent(control.namespace)}/${encodeURIComponent(control.endpoint)}`;
  try {
    const answer = await plane.session({ signal, credential }).json({ path });
    const status = isJsonObject(answer) ? answer['status'] : undefined;
    const state = isJsonObject(status) ? status['state'] : undefined;
    return typeof state === 'string' ? state : undefined;
  } catch {
    // The error to be told is the endpoint's own.
    return undefined;
  }
}
