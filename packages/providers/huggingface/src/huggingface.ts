import {
  completeTraits,
  imageTraits,
  InferwayError,
  observe,
  rawTraits,
  speechTraits,
  stateKey,
  transcribeTraits,
  type AnyReply,
  type Call,
  type ProviderOf,
} from '@inferway/core';
import {
  connect,
  defineProvider,
  endpoint,
  ExpiringMap,
  firstRateLimit,
  headerRateLimit,
  headerValue,
  pick,
  proxyRateLimit,
  rawEndpoint,
  undiciTransport,
  whileStarting,
  type Endpoint,
  type Identity,
  type RequestHeaders,
} from '@inferway/provider-kit';
import {
  anthropicMessages,
  checkRouting,
  isHubToken,
  isPolicy,
  openaiChat,
  openaiResponses,
  readRouting,
  writeRouting,
  type Routing,
  type TaskOperation,
} from '@inferway/wire';
import {
  createHuggingFaceCatalog,
  routerUrl,
  TOKEN_VARIABLES,
  type HuggingFaceCatalogOptions,
} from './catalog.js';
import { PartnerCalls } from './partner-calls.js';
import { PARTNERS, type Partner } from './partners.js';
import { taskTraits } from './task.js';

/** The router's protocols for chats: Chat Completions, Responses, Anthropic's Messages. */
export type HuggingFaceApi = 'chat-completions' | 'responses' | 'messages';

/** Chats in each of them. Open models behind all: signatures are not checked, schemas not cut to a subset. */
export const CHATS: Readonly<Record<HuggingFaceApi, Endpoint<'chat'>>> = {
  'chat-completions': endpoint({ format: openaiChat, path: 'v1/chat/completions' }),
  responses: endpoint({ format: openaiResponses, path: 'v1/responses' }),
  messages: endpoint({
    format: anthropicMessages,
    path: 'v1/messages',
    dialect: { unsignedReasoning: 'thinking', schemas: 'full' },
  }),
};

export interface HuggingFaceOptions extends HuggingFaceCatalogOptions {
  /**
   * A token of the Hub, which begins with `hf_` and goes to the router; or a key of the provider that `routing` or the model's suffix names, which
   * goes to that provider's own address. Default: `HF_TOKEN`, then `HUGGING_FACE_HUB_TOKEN`.
   */
  readonly apiKey?: string | undefined;
  /** The protocol of chats on the router. Default `chat-completions`. */
  readonly api?: HuggingFaceApi | undefined;
  /** The organization that pays, by its name on the Hub, instead of the token's owner. */
  readonly billTo?: string | undefined;
  /** Who serves ids without a suffix, or how that is chosen. Default `auto`: as the router does; the first of the Hub's mapping for tasks. */
  readonly routing?: Routing | undefined;
  /**
   * Keeps a conversation with the provider that served it last, whose prompt cache it fills, for up to an hour and until that provider
   * fails. Gives the conversation's name; `true` takes the request's `promptCacheKey`. Default: no.
   */
  readonly sticky?: boolean | ((call: Call<'chat'>) => string | undefined) | undefined;
  /** How long a call may wait for a model that is being loaded (503), all waits together. Default 120 000 ms; 0: not at all. */
  readonly loadingMs?: number | undefined;
  /** Providers that are not known here yet, or another address of one that is. */
  readonly partners?: Readonly<Record<string, Partial<Partner>>> | undefined;
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined;
}

/** Settings of one call, and fields for the body, as the provider behind the router takes them, which the canonical request has no name for. */
export interface HuggingFaceProviderOptions {
  /** Of this call, over the provider's. Not sent as a field. */
  readonly api?: HuggingFaceApi | undefined;
  /** Of this call, over the provider's. Not sent as a field. */
  readonly billTo?: string | undefined;
  /** Switches of the model's chat template, such as `{ enable_thinking: false }`. */
  readonly chat_template_kwargs?: object | undefined;
  readonly [field: string]: unknown;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly huggingface?: HuggingFaceProviderOptions | undefined;
  }
}

/** What Hugging Face is called for. */
export type HuggingFaceProvider = ProviderOf<
  'huggingface',
  'chat' | 'task' | 'raw' | TaskOperation
>;

/** What one call said of itself; its request travels without it. */
const SAID = stateKey<Pick<HuggingFaceProviderOptions, 'api' | 'billTo'>>('huggingface call');

/**
 * Hugging Face Inference Providers: `huggingface/org/name`, with `:fastest`, `:cheapest`, `:preferred` or a provider's id behind it. Chats go by the
 * router; everything else to the provider that the Hub's mapping names. `meta.servedBy` says who answered.
 *
 * @throws {InferwayError} `configuration` for a bad URL, key, header or routing.
 */
export function createHuggingFace(options: HuggingFaceOptions = {}): HuggingFaceProvider {
  const { apiKey, billTo, headers, loadingMs = 120_000, transport = undiciTransport() } = options;
  const routing = checkRouting(options.routing);
  const catalog = createHuggingFaceCatalog({ ...options, transport });
  const apiOf = (call: Call): HuggingFaceApi =>
    call.state.get(SAID)?.api ?? options.api ?? 'chat-completions';
  const callHeaders = (call: Call): RequestHeaders | undefined => {
    const own = call.state.get(SAID);
    const messages = call.operation === 'chat' && apiOf(call) === 'messages';
    if (own?.billTo === undefined && !messages) return undefined;
    return {
      ...(own?.billTo === undefined ? {} : { 'x-hf-bill-to': own.billTo }),
      ...(messages ? { 'anthropic-version': '2023-06-01' } : {}),
    };
  };
  const identity = (routed: boolean): Omit<Identity<'huggingface'>, 'baseUrl'> => ({
    name: 'huggingface',
    key: { apiKey, env: TOKEN_VARIABLES },
    headers: { ...(billTo === undefined || !routed ? {} : { 'x-hf-bill-to': billTo }), ...headers },
    keepHeaders: ['x-inference-provider'],
    servedBy: (answered) => headerValue(answered, 'x-inference-provider'),
    rateLimit,
    serverTimings,
    transport,
  });
  const profile = { ...identity(true), baseUrl: routerUrl(options.baseUrl) };
  const connection = connect(profile);
  const router = defineProvider(
    {
      ...profile,
      callHeaders,
      endpoints: {
        chat: {
          among: Object.values(CHATS),
          choose: (call: Call<'chat'>) => pick(CHATS, apiOf(call), 'api'),
        },
        raw: rawEndpoint,
      },
    },
    connection,
  );
  const keyOf = (call: Call): string => connection.key.headersFor(call.credential).secrets[0] ?? '';
  const partners = new PartnerCalls({
    identity,
    callHeaders: (call) => (isHubToken(keyOf(call)) ? callHeaders(call) : undefined),
    routerRoot: connection.base.origin + connection.base.path,
    partners: withOwn(options.partners),
    catalog,
    routing,
    keyOf,
  });
  const chat = stickyChat(options, routing, (call) => router.chat(call));

  /** Takes what the call said of itself out of its body, and waits where a model is being loaded. */
  const run = <C extends Call>(call: C, ask: (call: C) => Promise<AnyReply>): Promise<never> => {
    const clean = apart(call);
    return whileStarting(clean, () => ask(clean), {
      isStarting: isLoading,
      estimateMs: estimatedMs,
      maxMs: loadingMs,
    }) as Promise<never>;
  };
  const operation =
    (name: TaskOperation) =>
    (call: Call): Promise<never> =>
      run(call, (clean) => partners.operate(name, clean));

  return {
    name: 'huggingface',
    chat: (call) =>
      run(call, (clean) =>
        isHubToken(keyOf(clean))
          ? chat(partners.routable(clean))
          : partners.chat(onlyChat(clean as Call, apiOf(clean))),
      ),
    complete: operation('complete'),
    embed: operation('embed'),
    image: operation('image'),
    speech: operation('speech'),
    transcribe: operation('transcribe'),
    task: (call) => run(call, (clean) => partners.task(clean)),
    raw: (call) => router.raw(call),
    traits: {
      complete: completeTraits,
      image: imageTraits,
      speech: speechTraits,
      transcribe: transcribeTraits,
      task: taskTraits,
      raw: rawTraits,
    },
    models: (asking) => catalog.models(asking),
    close: () => transport.close(),
  };
}

/** Chats by the router, kept with who served them last where that is wanted. */
function stickyChat(
  { sticky }: HuggingFaceOptions,
  usual: string | undefined,
  send: (call: Call<'chat'>) => Promise<AnyReply>,
): (call: Call<'chat'>) => Promise<AnyReply> {
  // Providers keep prompt caches for minutes; longer than an hour nobody does.
  const served = new ExpiringMap<string>(3_600_000, 10_000);
  const conversationOf = stickyName(sticky);
  return async (call) => {
    const { name, routing } = readRouting(call.model.id);
    const wanted = routing ?? usual;
    const conversation = isPolicy(wanted) ? conversationOf(call) : undefined;
    const key = conversation === undefined ? undefined : `${name} ${conversation}`;
    const { clock } = call.state.runtime;
    const pin = key === undefined ? undefined : served.get(key, clock.now());
    const id = writeRouting({ name, routing: pin ?? wanted });
    const routed = id === call.model.id ? call : { ...call, model: { ...call.model, id } };
    if (key === undefined) return send(routed);
    try {
      const reply = await send(routed);
      const { servedBy } = reply.meta;
      if (servedBy !== undefined) served.set(key, servedBy, clock.now());
      return observe(reply, {
        end: ({ status }) => {
          if (status === 'failed') served.delete(key);
        },
      });
    } catch (reason) {
      if (InferwayError.from(reason).code !== 'aborted') served.delete(key);
      throw reason;
    }
  };
}

function stickyName(
  sticky: HuggingFaceOptions['sticky'],
): (call: Call<'chat'>) => string | undefined {
  if (typeof sticky === 'function') return sticky;
  return sticky === true ? (call) => call.request.promptCacheKey : () => undefined;
}

function withOwn(own: HuggingFaceOptions['partners'] = {}): Readonly<Record<string, Partner>> {
  const all: Record<string, Partner> = { ...PARTNERS };
  for (const [name, partner] of Object.entries(own)) {
    const whole = { ...all[name], ...partner };
    if (whole.baseUrl === undefined) {
      throw new InferwayError('configuration', {
        message: `The partner "${name}" needs a "baseUrl": the address that its own keys go to.`,
        param: 'partners',
      });
    }
    all[name] = { ...whole, baseUrl: whole.baseUrl };
  }
  return all;
}

function apart<C extends Call>(call: C): C {
  const { provider } = call.model;
  const request = call.request as {
    readonly providerOptions?: Call<'chat'>['request']['providerOptions'];
  };
  const own = request.providerOptions?.[provider] as HuggingFaceProviderOptions | undefined;
  if (own?.api === undefined && own?.billTo === undefined) return call;
  const { api, billTo, ...fields } = own;
  const clean = { ...request, providerOptions: { ...request.providerOptions, [provider]: fields } };
  call.state.set(SAID, { api, billTo });
  return { ...call, request: clean };
}

/** Providers' own addresses are called by Chat Completions: only the router is known to speak the other two. */
function onlyChat(call: Call, api: HuggingFaceApi): Call {
  if (api === 'chat-completions') return call;
  throw new InferwayError('unsupported', {
    message: `The protocol "${api}" is the router’s: with a provider’s own key, chats go by Chat Completions. Leave "api" out, or use a token of the Hub.`,
    param: 'api',
    sent: 'no',
  });
}

/** A 503 that says that the model is on its way; any other one is for the chain to retry. */
export function isLoading({ status, body }: InferwayError): boolean {
  return (
    status === 503 &&
    /\bload(?:ing|ed)\b|estimated_time|starting|initiali[sz]ing/iu.test(body ?? '')
  );
}

/** hf-inference's guess, in its body in seconds. */
export function estimatedMs({ body }: InferwayError): number | undefined {
  const seconds = Number(/"estimated_time"\s*:\s*([\d.]+)/u.exec(body ?? '')?.[1]);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

const TIMES = [
  ['x-compute-time', 'compute', 1000],
  ['x-total-time', 'total', 1],
  ['x-validation-time', 'validation', 1],
  ['x-queue-time', 'queue', 1],
  ['x-inference-time', 'inference', 1],
  ['x-time-per-token', 'timePerToken', 1],
] as const;

/** What TGI and hf-inference say in headers: seconds of computing, and milliseconds of the rest. */
export const serverTimings: NonNullable<Identity['serverTimings']> = (headers) => {
  const told = TIMES.flatMap(([header, name, factor]) => {
    const value = Number(headerValue(headers, header) ?? Number.NaN);
    return Number.isFinite(value) ? [[name, value * factor] as const] : [];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
};

/** The router passes on what the provider behind it says: requests by OpenAI's names or the IETF's, tokens also under a stem of their own. */
const rateLimit = firstRateLimit(
  proxyRateLimit,
  headerRateLimit({
    tokens: [
      {
        limit: 'x-tokenlimit-limit',
        remaining: 'x-tokenlimit-remaining',
        reset: 'x-tokenlimit-reset',
      },
    ],
  }),
);
