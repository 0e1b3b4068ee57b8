import type { Clock, JsonObject } from '@inferway/core';
import { ORGANISATION } from '../../serve/model-reference.js';
import type { CatalogModel } from './model-kind.js';

/** One model kept ready under a name of its own. */
export interface Deployment {
  readonly owner: string;
  readonly name: string;
  readonly release: number;
  readonly version: string;
  readonly hardware: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly createdAt: number;
}

/** The account's deployments. There is one to begin with. */
export class DeploymentBook {
  readonly #catalog: readonly CatalogModel[];
  readonly #clock: Clock;
  readonly #deployments = new Map<string, Deployment>();

  constructor(catalog: readonly CatalogModel[], clock: Clock) {
    this.#catalog = catalog;
    this.#clock = clock;
    const model = catalog.find(({ name }) => name === 'sim-diffusion');
    if (model !== undefined) this.create({ name: 'sim-deployment', version: model.version });
  }

  list(): readonly Deployment[] {
    return [...this.#deployments.values()];
  }

  find(owner: string, name: string): Deployment | undefined {
    return this.#deployments.get(`${owner}/${name}`);
  }

  /** The model that it runs. */
  modelOf(deployment: Deployment): CatalogModel | undefined {
    return this.#catalog.find(({ version }) => version === deployment.version);
  }

  /** Undefined where the version is of no model, or the name is taken. */
  create(body: JsonObject): Deployment | undefined {
    const name = String(body['name']);
    if (this.find(ORGANISATION, name) !== undefined) return undefined;
    return this.#set({
      owner: ORGANISATION,
      name,
      release: 1,
      version: String(body['version']),
      hardware: String(body['hardware'] ?? 'gpu-t4'),
      minInstances: Number(body['min_instances'] ?? 0),
      maxInstances: Number(body['max_instances'] ?? 1),
      createdAt: this.#clock.wallTime(),
    });
  }

  /** A new release. */
  update(deployment: Deployment, body: JsonObject): Deployment | undefined {
    return this.#set({
      ...deployment,
      release: deployment.release + 1,
      version: String(body['version'] ?? deployment.version),
      hardware: String(body['hardware'] ?? deployment.hardware),
      minInstances: Number(body['min_instances'] ?? deployment.minInstances),
      maxInstances: Number(body['max_instances'] ?? deployment.maxInstances),
      createdAt: this.#clock.wallTime(),
    });
  }

  remove({ owner, name }: Deployment): void {
    this.#deployments.delete(`${owner}/${name}`);
  }

  /** A deployment as the API tells of it. */
  json(deployment: Deployment): JsonObject {
    const model = this.modelOf(deployment);
    return {
      owner: deployment.owner,
      name: deployment.name,
      current_release: {
        number: deployment.release,
        model: `${model?.owner}/${model?.name}`,
        version: deployment.version,
        created_at: new Date(deployment.createdAt).toISOString(),
        created_by: ACCOUNT,
        configuration: {
          hardware: deployment.hardware,
          min_instances: deployment.minInstances,
          max_instances: deployment.maxInstances,
        },
      },
    };
  }

  #set(deployment: Deployment): Deployment | undefined {
    if (this.modelOf(deployment) === undefined) return undefined;
    this.#deployments.set(`${deployment.owner}/${deployment.name}`, deployment);
    return deployment;
  }
}

/** Whose key it is, whatever the key. */
export const ACCOUNT: JsonObject = {
  type: 'organization',
  username: ORGANISATION,
  name: 'Inferway simulator',
};
