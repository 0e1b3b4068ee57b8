import { basename, dirname } from 'node:path';
import { systemClock } from '@inferway/core';
import type { Config } from '../config/config.js';
import { findConfigFile } from '../config/find-config-file.js';
import { readConfigFile } from '../config/read-config-file.js';
import { GATEWAY_KEY_ID, readCallerKeys } from '../config/read-caller-keys.js';
import type { Environment } from '../config/read-secret.js';
import { resolveAliases } from '../config/resolve-aliases.js';
import { createGateway } from '../create-gateway.js';
import { createModelDirectory } from '../models/model-directory.js';
import { routedNames } from '../models/routed-names.js';
import { bannerText } from './banner.js';
import { clientAddress } from './client-address.js';
import { gatewayKey } from './gateway-key.js';
import { keepLearning } from './keep-learning.js';
import { findLocalEngines } from './local-engines.js';
import { switchedOn } from './layers/in-config.js';
import { openChain } from './open-chain.js';
import { listenError } from './listen-error.js';
import { createPrices } from './prices.js';
import { collectProviders } from './providers.js';
import { refuseLoop } from './refuse-loop.js';
import { failureText } from './report.js';
import { readAddress, type CommandLine } from './settings.js';
import { startSimulator } from './simulator.js';

export interface StartOptions {
  readonly line: CommandLine;
  readonly environment: Environment;
  /** Where a config file is looked for. */
  readonly folder: string;
  /** Told of what goes wrong while it runs. */
  readonly complain: (text: string) => void;
  /** Takes the lines of `log: true`. Default: `complain`. */
  readonly log?: (line: string) => void;
}

export interface RunningGateway {
  readonly url: string;
  /** Settles when the prices that providers list were asked for the first time; until then they are unknown. */
  readonly priced: Promise<void>;
  /** For the operator: where it is, its key, what it serves. */
  readonly banner: string;
  /** Lets calls in flight end for the grace time, then closes everything. */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;

/**
 * Starts the gateway as `start` does: config, keys, local engines, simulator.
 *
 * @throws {InferwayError} `configuration` for whatever the operator can put right.
 */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const { line, environment, complain } = options;
  const path = findConfigFile(options.folder, line.config || environment['INFERWAY_CONFIG']);
  const config: Config = path === undefined ? {} : await readConfigFile(path);
  const { host, port } = readAddress(line, environment, config);
  const callerKeys = readCallerKeys(config, environment);

  const [key, engines, simulator] = await Promise.all([
    gatewayKey(environment),
    config.localEngines === false ? [] : findLocalEngines(environment),
    startSimulator(),
  ]);
  const served = collectProviders({ environment, config, engines, simulator });
  for (const { name, baseUrl } of served) refuseLoop(name, baseUrl, port);
  const names = served.map(({ provider }) => provider.name);
  const routed = routedNames(Object.keys(config.routes ?? {}), switchedOn(config.auto));
  const aliases = resolveAliases(config.aliases ?? {}, names, routed);
  const own = served.flatMap(({ name, prices }) => (prices ? [[name, prices] as const] : []));
  const prices = await createPrices(config, new Map(own));
  const chain = await openChain({
    config,
    environment,
    complain,
    aliases,
    prices,
    folder: path === undefined ? options.folder : dirname(path),
    keys: callerKeys,
    providers: served.map(({ provider }) => provider),
    log: options.log ?? complain,
  }).catch(async (reason: unknown) => {
    await simulator.close();
    throw reason;
  });
  const { client, secrets } = chain;
  const closeAll = (): Promise<void> => chain.close().finally(() => simulator.close());
  const directory = createModelDirectory(client, systemClock);
  const gateway = createGateway({
    client,
    directory,
    providers: names,
    aliases,
    routed,
    reportUsers: config.reportUsers ?? false,
    idempotency: config.idempotency !== false,
    keys: [{ id: GATEWAY_KEY_ID, secret: key.secret }, ...callerKeys],
    limits: config.limits ?? {},
    marks: new Map(served.flatMap(({ name, marks }) => (marks ? [[name, marks] as const] : []))),
    secrets: [...served.flatMap(({ secret }) => secret ?? []), ...secrets],
    report: (reason) => complain(failureText(reason)),
  });
  let listening: string;
  try {
    listening = await gateway.listen(port, host);
  } catch (reason) {
    await closeAll();
    throw listenError(reason, host, port);
  }
  const learning = keepLearning(directory, prices, systemClock);
  const url = clientAddress(listening);
  return {
    url,
    priced: learning.begun,
    banner: bannerText({
      url,
      key,
      providers: served,
      aliases: [...aliases.keys()],
      config: path === undefined ? undefined : basename(path),
      model: simulator.examples[0] ?? `${simulator.name}/sim-chat`,
    }),
    async stop() {
      learning.stop();
      await gateway.close(config.shutdownGraceMs ?? GRACE_MS);
      await closeAll();
    },
  };
}
