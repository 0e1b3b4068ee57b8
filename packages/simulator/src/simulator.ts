import { InferwayError, systemClock, type PriceBook, type TokenPrices } from '@inferway/core';
import { Bill } from './bill/bill.js';
import { priceBook, priceTable } from './bill/price-book.js';
import { FAULTS } from './faults/catalogue.js';
import { FaultBook, type FaultControl } from './faults/fault-control.js';
import type { Exchange } from './http/exchange.js';
import type { Connections, RequestRecord } from './http/request-record.js';
import { RecordingServer } from './http/server.js';
import type { Kept } from './kept.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { DEFAULT_MODELS, type SimulatedModel } from './models.js';
import { anthropic } from './protocols/anthropic/anthropic.js';
import { fireworks } from './protocols/fireworks/fireworks.js';
import { groq } from './protocols/groq/groq.js';
import { huggingface } from './protocols/huggingface/huggingface.js';
import { openai } from './protocols/openai/openai.js';
import type { Protocol } from './protocols/protocol.js';
import { replicate } from './protocols/replicate/replicate.js';
import { tgi } from './protocols/tgi/tgi.js';
import { together } from './protocols/together/together.js';
import { vllm } from './protocols/vllm/vllm.js';
import { Recall } from './recall.js';
import { SeededRandom } from './seeded-random.js';
import type { SimulatorContext } from './serve/context.js';
import { refuse } from './serve/serve.js';
import type { SimulatorOptions } from './simulator-options.js';
import { PromptCache } from './usage/prompt-cache.js';

const REMEMBERED_REQUESTS = 256;

/** The base URL of each protocol, as its official client wants it. */
export interface BaseUrls {
  readonly openai: string;
  readonly anthropic: string;
  /** The router's chat, as `endpointUrl` or an OpenAI client's base. */
  readonly huggingface: string;
  /** Where `https://huggingface.co` and `https://router.huggingface.co` stand here. */
  readonly huggingfaceRoot: string;
  readonly replicate: string;
  readonly together: string;
  /** Of a Text Generation Inference server, without `/v1`. */
  readonly tgi: string;
  readonly fireworks: string;
  readonly groq: string;
  readonly vllm: string;
}

/** A local server that answers like the providers do, without a model behind it. */
export interface Simulator {
  /** Starts on loopback; a free port by default. Resolves to the server's own URL. @throws {InferwayError} `configuration` where it cannot listen there. */
  listen(port?: number, host?: string): Promise<string>;
  /** Cuts all connections and stops. */
  close(): Promise<void>;
  /** `http://127.0.0.1:port`. @throws {InferwayError} `configuration` before `listen`. */
  readonly url: string;
  /** @throws {InferwayError} `configuration` before `listen`. */
  readonly baseUrls: BaseUrls;
  readonly models: readonly SimulatedModel[];
  /** The true bill. */
  readonly bill: Bill;
  /** The prices that the bill uses, by model id: give them to a price book to compare. */
  readonly prices: Readonly<Record<string, TokenPrices>>;
  /** Those prices as a price book, those of a router’s providers included. */
  readonly priceBook: PriceBook;
  readonly faults: FaultControl;
  /** The latest requests, oldest first. */
  readonly requests: Kept<RequestRecord>;
  readonly connections: Connections;
}

/**
 * Makes a simulator: one HTTP server with the protocols of several providers under their own paths.
 *
 * ```ts
 * const simulator = createSimulator({ pace: { ttftMs: 200, perTokenMs: 20 } });
 * await simulator.listen();
 * const client = new OpenAI({ baseURL: simulator.baseUrls.openai, apiKey: 'any' });
 * ```
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const clock = options.clock ?? systemClock;
  const seed = options.seed ?? 1;
  const keep = options.keep ?? 1000;
  const faults = new FaultBook(
    [...FAULTS, ...(options.faults ?? [])],
    new SeededRandom(seed).fork('faults'),
  );
  const context: SimulatorContext = {
    clock,
    seed,
    faults,
    models: options.models ?? DEFAULT_MODELS,
    keys: options.keys,
    pace: options.pace,
    limits: options.limits,
    maxBodyBytes: options.maxBodyBytes ?? 32 * 1024 * 1024,
    bill: new Bill(keep),
    limiter: new RateLimiter(clock),
    promptCache: new PromptCache(clock),
    heard: new Recall(REMEMBERED_REQUESTS),
  };
  const protocols = {
    openai: openai(context),
    anthropic: anthropic(context),
    huggingface: huggingface(context),
    replicate: replicate(context),
    together: together(context),
    tgi: tgi(context),
    fireworks: fireworks(context),
    groq: groq(context),
    vllm: vllm(context),
  };
  const list: readonly Protocol[] = Object.values(protocols);
  const server = new RecordingServer(
    {
      identify: (path) => {
        const { voice } = protocolOf(list, path) ?? protocols.openai;
        return { protocol: voice.protocol, requestId: (unique) => voice.requestId(unique) };
      },
      handle: (exchange) => route(list, exchange),
    },
    clock,
    keep,
  );
  let url: string | undefined;
  const needUrl = (): string => {
    if (url !== undefined) return url;
    throw new InferwayError('configuration', {
      message: 'The simulator has no URL before it listens. Await `simulator.listen()` first.',
    });
  };
  return {
    async listen(port = 0, host = '127.0.0.1') {
      const address = await server.listen(port, host);
      return (url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    },
    close() {
      for (const protocol of list) protocol.close?.();
      return server.close();
    },
    get url() {
      return needUrl();
    },
    get baseUrls() {
      const base = needUrl();
      return {
        openai: base + protocols.openai.basePath,
        anthropic: base + protocols.anthropic.basePath,
        huggingface: base + protocols.huggingface.basePath,
        huggingfaceRoot: base + protocols.huggingface.prefix,
        replicate: base + protocols.replicate.basePath,
        together: base + protocols.together.basePath,
        tgi: base + protocols.tgi.basePath,
        fireworks: base + protocols.fireworks.basePath,
        groq: base + protocols.groq.basePath,
        vllm: base + protocols.vllm.basePath,
      };
    },
    models: context.models,
    bill: context.bill,
    prices: priceTable(context.models),
    priceBook: priceBook(context.models, list),
    faults,
    requests: server.requests,
    connections: server.connections,
  };
}

function protocolOf(protocols: readonly Protocol[], path: string): Protocol | undefined {
  return protocols.find(
    ({ prefix }) => path.startsWith(prefix) && (path[prefix.length] ?? '/') === '/',
  );
}

function route(protocols: readonly Protocol[], exchange: Exchange): Promise<void> | void {
  const { method, path: address } = exchange.record;
  const protocol = protocolOf(protocols, address);
  if (protocol === undefined) {
    exchange.over('refused');
    const known = protocols.map(({ basePath }) => basePath).join(', ');
    const message = `The simulator serves nothing at this path. Its base paths are ${known}.`;
    exchange.send({ status: 404, body: { error: { message, type: 'invalid_request_error' } } });
    return undefined;
  }
  exchange.headers[protocol.voice.requestIdHeader] = exchange.requestId;
  const [path = ''] = address.slice(protocol.prefix.length).split('?');
  for (const candidate of protocol.routes) {
    const groups = candidate.method === method ? candidate.path.exec(path) : null;
    if (groups !== null) return candidate.handle(exchange, groups.slice(1).map(decoded));
  }
  refuse(protocol.voice, { kind: 'unknown-route', method, path }, exchange);
  return undefined;
}

function decoded(group: string | undefined): string {
  try {
    return decodeURIComponent(group ?? '');
  } catch {
    return group ?? '';
  }
}
