// One worker of the accounting example: makes its calls and tells of them. May be killed at any time.
import { setTimeout as sleep } from 'node:timers/promises';
import { caller, InferwayError, type Client } from '@inferway/core';
import { seededRandom } from '@inferway/core/testing';
import { exactNow } from './heard-quota.js';
import type { CallTale, Decision, Orders, Tale } from './orders.js';
import { workerChain } from './worker-chain.js';

const orders = JSON.parse(process.env['ACCOUNTING_ORDERS'] ?? '{}') as Orders;
const random = seededRandom(orders.seed);
const tell = (tale: Tale): void => {
  process.send?.(tale);
};

const calls: CallTale[] = [];
const decisions: Decision[] = [];
const places = new Set<string>();
const returned: string[] = [];
const flush = (): void => {
  if (places.size > 0) tell({ type: 'places', keys: [...places] });
  places.clear();
  if (returned.length > 0) tell({ type: 'returned', ids: returned.splice(0) });
  if (calls.length > 0) tell({ type: 'calls', calls: calls.splice(0) });
  if (decisions.length > 0) tell({ type: 'decisions', decisions: decisions.splice(0) });
};
const telling = setInterval(flush, 50);

const chain = workerChain(orders, {
  decided: (decision) => decisions.push(decision),
  returned: (id) => returned.push(id),
  place: (key) => places.add(key),
  outage: (store, state) => tell({ type: 'outage', store, state }),
});
tell({ type: 'ready' });

const REFUSALS: ReadonlySet<string | undefined> = new Set(['budget', 'overloaded', 'rate_limit']);
let left = orders.calls;
await Promise.all(
  Array.from({ length: orders.concurrency }, async () => {
    while (left-- > 0) {
      const tale = await oneCall(chain.client);
      calls.push(tale);
      // Who is refused at once would otherwise have made all his calls within the first outage.
      if (REFUSALS.has(tale.error)) await sleep(200 + random() * 400);
    }
  }),
);
await chain.close();
clearInterval(telling);
flush();
tell({ type: 'done' });
process.disconnect();

async function oneCall(client: Client): Promise<CallTale> {
  const tenant = orders.tenants[Math.floor(random() * orders.tenants.length)] as string;
  const began = exactNow();
  const leaving = random() < 0.1 ? new AbortController() : undefined;
  const words = 5 + Math.floor(random() * 60);
  // A few questions that all tenants ask alike, at the same time: for the caches.
  const shared = random() < 0.15;
  const about = shared
    ? `the tides, part ${Math.floor(random() * 5)}`
    : `case ${random().toString(36).slice(2, 8)}`;
  const request = {
    messages: [
      {
        role: 'user' as const,
        content: `In ${shared ? 20 : words} words: ${about}. Code: ${shared ? 'none' : tenant}.`,
      },
    ],
    ...(tenant === orders.unbounded ? {} : { maxOutputTokens: 200 }),
  };
  if (leaving !== undefined) setTimeout(() => leaving.abort(), random() * 150);
  const options = {
    model: 'first/sim-chat',
    stream: random() < 0.5,
    ...(leaving === undefined ? {} : { signal: leaving.signal }),
    state: (state: Parameters<NonNullable<Parameters<Client['send']>[2]['state']>>[0]) =>
      state.set(caller, { tenant, key: `key-of-${tenant}` }),
  };
  const tale = (rest: Partial<CallTale>): CallTale => ({
    tenant,
    attempts: 0,
    codes: [],
    ms: exactNow() - began,
    ...rest,
  });
  try {
    const reply = await client.send('chat', request, options);
    let text = '';
    let answerId: string | undefined;
    if (reply.stream) {
      for await (const event of reply.events) {
        if (event.type === 'start') answerId = event.id;
        if (event.type === 'text-delta') text += event.text;
      }
    } else {
      answerId = reply.result.id;
      for (const part of reply.result.message.content) if (part.type === 'text') text += part.text;
    }
    const codes = [...new Set(text.match(/tenant-\w+/gu))];
    return tale({ attempts: reply.meta.attempts?.length ?? 0, answerId, codes });
  } catch (reason) {
    const error = InferwayError.from(reason);
    return tale({ error: error.code, attempts: error.attempts?.length ?? 0 });
  }
}
