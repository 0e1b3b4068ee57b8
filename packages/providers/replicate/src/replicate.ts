import {
  completeTraits,
  Events,
  eventsOf,
  imageTraits,
  InferwayError,
  isJsonObject,
  linkedController,
  readShape,
  speechTraits,
  systemClock,
  transcribeTraits,
  type AnyReply,
  type Call,
  type EventOf,
  type JsonObject,
  type ModelInfo,
  type Operation,
  type Passthrough,
  type ProviderOf,
  type RequestOf,
  type ResultOf,
} from '@inferway/core';
import {
  connect,
  defineProvider,
  endpoint,
  headerRateLimit,
  providerFiles,
  rawEndpoint,
  type Connection,
  type Identity,
  type ProviderFiles,
  type RequestHeaders,
  type Session,
  type Transport,
} from '@inferway/provider-kit';
import { rawCall } from '@inferway/wire';
import { createHmac } from 'node:crypto';
import {
  chatInput,
  completeInput,
  dropSet,
  embedInput,
  imageInput,
  plainInput,
  speechInput,
  transcribeInput,
} from './model-input.js';
import {
  chatResult,
  completeResult,
  embedResult,
  imageResult,
  predictionResult,
  predictionTraits,
  speechResult,
  transcribeResult,
  type OutputSource,
} from './model-output.js';
import {
  FILES,
  PredictionRun,
  refineError,
  usageOf,
  type Prediction,
  type WebhookEvent,
} from './prediction.js';
import {
  chatTeller,
  completeTeller,
  predictionTeller,
  PredictionSource,
  type PredictionTeller,
} from './prediction-stream.js';

export interface ReplicateOptions {
  /** Default: the environment variable `REPLICATE_API_TOKEN`, read on the first call. */
  readonly apiKey?: string | undefined;
  /** Default: the environment variable `REPLICATE_BASE_URL`, else `https://api.replicate.com/v1`. */
  readonly baseUrl?: string | undefined;
  /**
   * Seconds for which a unary call lets Replicate hold its creation, 0 to 60; after that it asks. Default 5: while the creation is held nobody
   * knows the prediction's id, and an abort cannot cancel it.
   */
  readonly waitSeconds?: number | undefined;
  /** Changes the input that was made of a request, for models that name theirs otherwise. */
  readonly input?: ((made: JsonObject, about: InputOrigin) => JsonObject) | undefined;
  /**
   * Looks up each model's schema once, and drops inputs that are not in it with a warning: Replicate itself ignores them in silence. Costs a
   * request before the first prediction of a model. Default false.
   */
  readonly checkInputs?: boolean | undefined;
  /** How many pages `models()` reads; the listing has thousands of models, 25 a page. Default 4. */
  readonly modelPages?: number | undefined;
  /** Whose uploads `files.content` reads, and the Files API signing secret of that account: Replicate gives none back for a key alone. */
  readonly fileSigning?: { readonly owner: string; readonly secret: string } | undefined;
  /** Sent with every request to the API. */
  readonly headers?: RequestHeaders | undefined;
  readonly transport?: Transport | undefined;
}

/** What an input was made of. */
export interface InputOrigin {
  readonly operation: Operation;
  readonly model: string;
  readonly request: object;
}

/** `providerOptions.replicate` of any call. */
export interface ReplicateProviderOptions {
  /** Merged into the input last, by the model's own names. */
  readonly input?: JsonObject | undefined;
  /** A URL to which Replicate posts how the prediction goes. */
  readonly webhook?: string | undefined;
  /** Default: outputs and the end. */
  readonly webhookEvents?: readonly WebhookEvent[] | undefined;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly replicate?: ReplicateProviderOptions | undefined;
  }
}

type Operations = 'chat' | 'complete' | 'embed' | 'image' | 'speech' | 'transcribe' | 'prediction';

/** What an operation makes of predictions. */
interface Codec<K extends Operation> {
  input(request: RequestOf<K>, to: PredictionRun): JsonObject | Promise<JsonObject>;
  result(
    prediction: Prediction,
    from: OutputSource,
    request: RequestOf<K>,
  ): ResultOf<K> | Promise<ResultOf<K>>;
  /** Absent: what is streamed is the whole answer at its end. */
  readonly teller?: (from: OutputSource, request: RequestOf<K>) => PredictionTeller<EventOf<K>>;
}

const CODECS: { readonly [K in Operations]: Codec<K> } = {
  chat: {
    input: chatInput,
    result: (prediction, _from, { maxOutputTokens }) => chatResult(prediction, maxOutputTokens),
    teller: (_from, { maxOutputTokens }) => chatTeller(maxOutputTokens),
  },
  complete: {
    input: completeInput,
    result: (prediction, _from, { maxOutputTokens }) => completeResult(prediction, maxOutputTokens),
    teller: (_from, { maxOutputTokens }) => completeTeller(maxOutputTokens),
  },
  embed: { input: embedInput, result: (prediction) => embedResult(prediction) },
  image: {
    input: imageInput,
    result: (prediction, from, { delivery }) => imageResult(prediction, from, delivery),
  },
  speech: {
    input: speechInput,
    result: (prediction, from, { delivery }) => speechResult(prediction, from, delivery),
  },
  transcribe: { input: transcribeInput, result: (prediction) => transcribeResult(prediction) },
  prediction: {
    input: ({ input }, to) => plainInput(input, to),
    result: (prediction, from, { delivery }) => predictionResult(prediction, from, delivery),
    teller: (from, { delivery }) => predictionTeller(from, delivery),
  },
};

/** Replicate: any model, by predictions. @throws {InferwayError} `configuration` for a bad URL, key, header or option. */
export function createReplicate(
  options: ReplicateOptions = {},
): ProviderOf<'replicate', Operations | 'raw'> & { readonly files: ProviderFiles } {
  const { apiKey, baseUrl, headers, transport } = options;
  const { waitSeconds = 5, modelPages = 4 } = options;
  if (!Number.isInteger(waitSeconds) || waitSeconds < 0 || waitSeconds > 60) {
    throw new InferwayError('configuration', {
      message: 'waitSeconds is a whole number from 0 to 60.',
      param: 'waitSeconds',
    });
  }
  const identity: Identity<'replicate'> = {
    name: 'replicate',
    baseUrl: {
      given: baseUrl,
      env: 'REPLICATE_BASE_URL',
      standard: 'https://api.replicate.com/v1',
    },
    key: { apiKey, env: ['REPLICATE_API_TOKEN'] },
    headers,
    rateLimit: headerRateLimit({ requests: [LIMIT] }),
    refineError,
    transport,
  };
  const connection = connect(identity);
  const { traits, ...plain } = defineProvider({ ...identity, endpoints: { raw: RAW } }, connection);
  const operations = Object.entries(CODECS).map(([operation, codec]) => [
    operation,
    predict(connection, { ...options, waitSeconds }, codec as never),
  ]);
  return {
    ...plain,
    ...(Object.fromEntries(operations) as Pick<ProviderOf<'replicate', Operations>, Operations>),
    traits: {
      ...traits,
      complete: completeTraits,
      image: imageTraits,
      speech: speechTraits,
      transcribe: transcribeTraits,
      prediction: predictionTraits,
    },
    files: providerFiles(connection, { ...FILES, content: download(options.fileSigning) }),
    models: (listing) => listModels(connection, modelPages, listing?.signal),
  };
}

const LIMIT = {
  limit: 'ratelimit-limit',
  remaining: 'ratelimit-remaining',
  reset: 'ratelimit-reset',
};

// The API refuses fields that it does not know, a model's name among them.
const RAW = endpoint({
  ...rawEndpoint,
  format: {
    ...rawCall,
    encodeRequest: (request, to) =>
      isJsonObject(request.json) ? request.json : rawCall.encodeRequest(request, to),
  },
});

/** Downloads are signed, not keyed (its OpenAPI description): `{owner} {id} {expiry}` by HMAC-SHA256. */
function download(signing: ReplicateOptions['fileSigning']): (id: string) => string {
  return (id) => {
    if (signing === undefined) {
      throw new InferwayError('unsupported', {
        message:
          'Replicate gives uploads back for a signature alone. Give createReplicate "fileSigning": the account and its Files API signing secret.',
        provider: 'replicate',
        sent: 'no',
      });
    }
    const { owner, secret } = signing;
    const expiry = String(Math.ceil(systemClock.wallTime() / 1000) + 3600);
    const signed = createHmac('sha256', secret).update(`${owner} ${id} ${expiry}`);
    const query = { owner, expiry, signature: signed.digest('base64') };
    return `/download?${new URLSearchParams(query).toString()}`;
  };
}

/** The function of one operation. */
function predict(
  connection: Connection,
  options: ReplicateOptions & { readonly waitSeconds: number },
  codec: Codec<Operations>,
): (call: Call) => Promise<AnyReply> {
  const schemas: Schemas = new Map();
  return async (call) => {
    const common = call.request as CommonRequest;
    const request = common as never;
    // A stream lives on after this function, and its reader may leave it without an abort of the call.
    const linked = linkedController(call.signal);
    const run = new PredictionRun(connection, call, linked.signal);
    const { session } = run;
    const from = { connection, session };
    const own = common.providerOptions?.[session.provider] as ReplicateProviderOptions | undefined;
    const waits = common.wait !== false;
    const told = call.stream && waits ? codec.teller?.(from, request) : undefined;
    dropSet(run, common.passthrough?.fields ?? {});
    try {
      const given = await readShape(() => codec.input(request, run));
      const made = { ...given, ...own?.input };
      const about = { operation: call.operation, model: session.model, request };
      const input = options.input?.(made, about) ?? made;
      const created = await run.create({
        input: options.checkInputs === true ? await checked(input, run, schemas) : input,
        waitSeconds: told === undefined && waits ? options.waitSeconds : 0,
        webhook: common.webhook ?? own?.webhook,
        webhookEvents: common.webhookEvents ?? own?.webhookEvents,
      });
      if (told !== undefined) {
        const source = new PredictionSource(run, told, linked);
        await source.open();
        const events = new Events(source, call.signal);
        return { stream: true, events: events as never, meta: metaOf(run, true) };
      }
      const prediction = waits ? await run.settle() : created;
      const usage = usageOf(prediction);
      const failure = waits ? run.failure(prediction) : undefined;
      if (failure !== undefined) {
        // What a failed prediction gave may be no answer at all.
        const partial = (async () => codec.result(prediction, from, request))();
        failure.partial = await partial.catch(() => undefined);
        if (usage !== undefined) failure.usage = usage;
        throw failure;
      }
      // The bytes of a stream of speech are wanted, not their address.
      const asked =
        call.stream && call.operation === 'speech' ? { ...common, delivery: 'bytes' } : common;
      const result = await codec.result(prediction, from, asked as never);
      const meta = metaOf(run, call.stream);
      linked.release();
      if (!call.stream) return { stream: false, result: result as never, usage, meta };
      const unfold = call.state.runtime.traits(call.operation)?.unfold as
        | ((whole: unknown, used: unknown) => readonly unknown[])
        | undefined;
      const events = new Events(eventsOf(unfold?.(result, usage) ?? [], usage), call.signal);
      return { stream: true, events: events as never, meta };
    } catch (reason) {
      run.cancel();
      linked.release();
      throw session.name(InferwayError.from(reason));
    }
  };
}

/** The inputs of models, by id. */
type Schemas = Map<string, ReadonlySet<string>>;

const MOST_SCHEMAS = 200;

/** An input without what the model's schema does not have. */
async function checked(
  input: JsonObject,
  run: PredictionRun,
  schemas: Schemas,
): Promise<JsonObject> {
  const { model } = run.session;
  const names = schemas.get(model) ?? (await run.inputNames());
  if (names === undefined) return input;
  if (schemas.size >= MOST_SCHEMAS) schemas.clear();
  schemas.set(model, names);
  const strange = Object.entries(input).filter(([name]) => !names.has(name));
  dropSet(run, Object.fromEntries(strange.map(([name, value]) => [`input.${name}`, value])));
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.has(name)));
}

/** What requests of different operations may have in common. */
interface CommonRequest {
  readonly wait?: boolean | undefined;
  readonly webhook?: string | undefined;
  readonly webhookEvents?: readonly WebhookEvent[] | undefined;
  readonly passthrough?: Passthrough | undefined;
  readonly providerOptions?: Readonly<Record<string, object | undefined>> | undefined;
}

function metaOf({ session, prediction }: PredictionRun, live: boolean): AnyReply['meta'] {
  const { predict_time: predicted, total_time: total } = prediction?.metrics ?? {};
  if (typeof predicted === 'number') session.timed({ predict: predicted * 1000 });
  if (typeof total === 'number') session.timed({ total: total * 1000 });
  const meta = session.meta(live);
  // The id by which Replicate's support finds it.
  return { ...meta, requestId: meta.requestId ?? prediction?.id };
}

async function listModels(
  connection: Connection,
  pages: number,
  given: AbortSignal | undefined,
): Promise<readonly ModelInfo[]> {
  const session = connection.session({ signal: given ?? AbortSignal.timeout(30_000) });
  const models: ModelInfo[] = [];
  let path: string | undefined = 'models';
  try {
    for (let page = 0; path !== undefined && page < pages; page++) {
      const { results, next } = objectOf(await session.json({ path }));
      if (Array.isArray(results)) models.push(...results.flatMap((one) => modelInfo(one, session)));
      // Only the cursor is taken: the address is the one that we were given.
      const query = typeof next === 'string' && URL.canParse(next) ? new URL(next).search : '';
      path = query === '' ? undefined : `models${query}`;
    }
    return models;
  } catch (reason) {
    throw session.name(InferwayError.from(reason));
  }
}

/** Models that are not official are called by their latest version. */
function modelInfo(model: unknown, { provider }: Session): readonly ModelInfo[] {
  const { owner, name, is_official: official, latest_version: latest } = objectOf(model);
  if (typeof owner !== 'string' || typeof name !== 'string') return [];
  const { id: version, created_at: at } = objectOf(latest);
  const created = Date.parse(String(at));
  const versioned = official !== true && typeof version === 'string';
  return [
    {
      id: versioned ? `${owner}/${name}:${version}` : `${owner}/${name}`,
      provider,
      ownedBy: owner,
      operations: ['prediction'],
      ...(Number.isNaN(created) ? {} : { created: Math.floor(created / 1000) }),
    },
  ];
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
