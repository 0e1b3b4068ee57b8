import type { Attributes } from '@opentelemetry/api';
import { AttributeBag } from './attribute-bag.js';
import type { TargetRun } from './call-run.js';
import { labelLimit } from './label-limit.js';
import type { Labels } from './metric-writer.js';
import * as names from './semconv.js';
import type { ServerAddresses } from './server-address.js';

/** Names of providers and models as labels, bounded; a `trusted` one exists. */
export interface ModelLabels {
  provider(name: string, trusted: boolean): Record<string, string>;
  model(provider: string, model: string, trusted: boolean): Record<string, string>;
}

/** Makes the labels of a target. Callers write model ids, so what becomes a label is bounded. */
export class MetricLabels implements ModelLabels {
  readonly #servers: ServerAddresses;
  readonly #models: (value: string, trusted: boolean) => string;
  readonly #providers: (value: string, trusted: boolean) => string;

  constructor(servers: ServerAddresses, maxModels: number) {
    this.#servers = servers;
    this.#models = labelLimit(maxModels);
    this.#providers = labelLimit(maxModels);
  }

  of(target: TargetRun): Labels {
    const base = this.base(target);
    const end = new AttributeBag().text(names.ERROR_TYPE, target.error?.code);
    if (target.responseModel !== undefined) {
      end.text(names.RESPONSE_MODEL, this.#models(target.responseModel, true));
    }
    return { base, end: { ...base, ...end.values } };
  }

  base(target: TargetRun): Attributes {
    const server = this.#servers(target.provider);
    // A provider or model that does not exist is whatever a caller wrote.
    const exists = target.error?.code !== 'not_found';
    return new AttributeBag()
      .text(names.OPERATION_NAME, names.operationName(target.operation))
      .text(names.PROVIDER_NAME, this.#providers(target.provider, exists))
      .text(names.REQUEST_MODEL, this.#models(target.model, exists))
      .text(names.SERVER_ADDRESS, server?.address)
      .number(names.SERVER_PORT, server?.port).values;
  }

  provider(name: string, trusted: boolean): Record<string, string> {
    return { [names.PROVIDER_NAME]: this.#providers(name, trusted) };
  }

  model(provider: string, model: string, trusted: boolean): Record<string, string> {
    return {
      ...this.provider(provider, trusted),
      [names.REQUEST_MODEL]: this.#models(model, trusted),
    };
  }
}
