// The relays of the accounting example, in a process of their own: where the provider is busy, the way to the stores is not.
import { relay, type RelayTarget } from '@inferway/conformance';

/** What the process is told. */
export type RelayOrder = { readonly store: 'redis' | 'postgres'; readonly do: 'freeze' | 'thaw' };

const targets = JSON.parse(process.env['ACCOUNTING_TARGETS'] ?? '{}') as Readonly<
  Record<'redis' | 'postgres', RelayTarget>
>;
const redis = await relay(targets.redis);
const postgres = await relay(targets.postgres);
process.on('message', (order: RelayOrder) => {
  const { [order.store]: wire } = { redis, postgres };
  if (order.do === 'freeze') wire.freeze();
  else wire.thaw();
});
process.on('disconnect', () => process.exit());
process.send?.({ redis: redis.port, postgres: postgres.port });
