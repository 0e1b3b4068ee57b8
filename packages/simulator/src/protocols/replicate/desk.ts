import type { Clock } from '@inferway/core';
import type { Exchange } from '../../http/exchange.js';
import { readBody } from '../../http/read-body.js';
import { checkKey } from '../../serve/check-key.js';
import type { SimulatorContext } from '../../serve/context.js';
import { refuse } from '../../serve/serve.js';
import { catalogOf } from './catalog.js';
import { DeploymentBook } from './deployment-book.js';
import { FileBook } from './file-book.js';
import type { CatalogModel } from './model-kind.js';
import type { Prediction } from './prediction.js';
import { replicateVoice as voice } from './voice.js';
import { WebhookSender } from './webhook-sender.js';

/** All of the protocol's paths begin with this. */
export const PREFIX = '/replicate';

const KEPT_PREDICTIONS = 1000;

/** What the protocol's routes share. */
export class Desk {
  readonly context: SimulatorContext;
  readonly catalog: readonly CatalogModel[];
  readonly predictions: Map<string, Prediction> = new Map();
  readonly files: FileBook;
  readonly deployments: DeploymentBook;
  readonly webhooks: WebhookSender;

  constructor(context: SimulatorContext) {
    this.context = context;
    this.catalog = catalogOf(context.models);
    this.files = new FileBook(context.clock);
    this.deployments = new DeploymentBook(this.catalog, context.clock);
    this.webhooks = new WebhookSender(context.clock, context.seed);
  }

  get clock(): Clock {
    return this.context.clock;
  }

  keep(prediction: Prediction): void {
    this.predictions.set(prediction.id, prediction);
    if (this.predictions.size <= KEPT_PREDICTIONS) return;
    for (const oldest of this.predictions.keys()) {
      this.predictions.delete(oldest);
      break;
    }
  }

  close(): void {
    for (const prediction of this.predictions.values()) prediction.stop();
    this.webhooks.close();
  }

  /** True where the key is good; the refusal is sent where it is not. */
  admits(exchange: Exchange): boolean {
    const denied = checkKey(voice, this.context, exchange);
    if (denied !== undefined) refuse(voice, denied, exchange);
    return denied === undefined;
  }

  /** The parsed body of a request; undefined where it was refused. */
  async body(exchange: Exchange): Promise<unknown> {
    const { maxBodyBytes } = this.context;
    const text = await readBody(exchange.request, maxBodyBytes);
    if (text === undefined) {
      refuse(voice, { kind: 'too-large', limit: maxBodyBytes }, exchange);
      return undefined;
    }
    try {
      const body: unknown = JSON.parse(text);
      exchange.record.body = body;
      return body;
    } catch {
      refuse(voice, { kind: 'malformed-json' }, exchange);
      return undefined;
    }
  }
}

/** The address under which the client reached the protocol. */
export function addressOf(exchange: Exchange): string {
  return `http://${exchange.header('host') ?? 'localhost'}${PREFIX}`;
}

/** Sends a success. */
export function answer(exchange: Exchange, body: object, status = 200): void {
  exchange.over('complete');
  exchange.send({ status, body });
}

/** Sends the refusal for what is not there. */
export function notFound(exchange: Exchange): void {
  const { method, path } = exchange.record;
  refuse(voice, { kind: 'unknown-route', method, path }, exchange);
}

/** One page that holds everything. */
export function page(results: readonly object[]): object {
  return { previous: null, next: null, results };
}
