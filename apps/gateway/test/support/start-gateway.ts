import { createClient, type Middleware, type Provider } from '@inferway/core';
import { onTestFinished } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/create-gateway.js';

/** The key of every gateway in tests. */
export const KEY = 'iw_test-key-0123456789';

export interface StartedGateway {
  readonly url: string;
  readonly gateway: Gateway;
  /** What it reported as its own fault. */
  readonly reports: unknown[];
}

export interface GatewaySetup extends Partial<GatewayOptions> {
  readonly chain?: readonly Middleware[];
}

/** A gateway in front of these providers, on a free port, closed when the test is over. */
export async function startGateway(
  providers: readonly Provider[],
  { chain = [], ...options }: GatewaySetup = {},
): Promise<StartedGateway> {
  const client = createClient({ providers, middleware: chain });
  const reports: unknown[] = [];
  const gateway = createGateway({
    client,
    providers: providers.map(({ name }) => name),
    keys: [{ id: 'test', secret: KEY }],
    report: (reason) => reports.push(reason),
    ...options,
  });
  const url = await gateway.listen(0, '127.0.0.1');
  onTestFinished(async () => {
    await gateway.close(0);
    await client.close();
  });
  return { url, gateway, reports };
}
