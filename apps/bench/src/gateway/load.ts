import { Agent, type Dispatcher } from 'undici';
import { percentile } from '../statistics.js';

/** Where a gateway listens and how it wants to be asked. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

export interface LoadOrder {
  readonly target: Target;
  /** The model behaviour of the upstream; unary when absent. */
  readonly stream: boolean;
  readonly seconds: number;
  /** Closed loop: so many at a time. */
  readonly concurrency?: number | undefined;
  /** Open loop: so many begin each second, whether or not others have ended. */
  readonly rate?: number | undefined;
}

export interface LoadResult {
  readonly completed: number;
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds to the whole answer. In an open loop counted from when the request was due. */
  readonly latency: { readonly p50: number; readonly p99: number };
  /** Milliseconds to the first byte of the body. */
  readonly firstByte: { readonly p50: number; readonly p99: number };
}

const MAX_OPEN = 4_096;

/** Puts load on one target from this process. */
export async function load(order: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({
    connections: order.concurrency ?? 512,
    bodyTimeout: 30_000,
    headersTimeout: 30_000,
  });
  const { target } = order;
  const url = new URL(target.url);
  const body = JSON.stringify({
    model: target.model,
    messages: [{ role: 'user', content: 'Say something about foxes and dogs.' }],
    ...(order.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: url.pathname,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers },
    body,
  };
  const latency: number[] = [];
  const firstByte: number[] = [];
  let failed = 0;
  const one = async (dueAt: number): Promise<void> => {
    try {
      const first = await exchange(agent, options);
      latency.push(performance.now() - dueAt);
      firstByte.push(first - dueAt);
    } catch {
      failed++;
    }
  };
  const begun = performance.now();
  const end = begun + order.seconds * 1_000;
  await (order.rate === undefined
    ? closedLoop(one, end, order.concurrency ?? 1)
    : openLoop(one, begun, end, order.rate));
  const seconds = (performance.now() - begun) / 1_000;
  await agent.close();
  return {
    completed: latency.length,
    failed,
    seconds,
    latency: middle(latency),
    firstByte: middle(firstByte),
  };
}

async function closedLoop(
  one: (due: number) => Promise<void>,
  end: number,
  lines: number,
): Promise<void> {
  const line = async (): Promise<void> => {
    while (performance.now() < end) await one(performance.now());
  };
  await Promise.all(Array.from({ length: lines }, line));
}

async function openLoop(
  one: (due: number) => Promise<void>,
  begun: number,
  end: number,
  rate: number,
): Promise<void> {
  const open = new Set<Promise<void>>();
  for (let count = 0; ; count++) {
    const due = begun + (count * 1_000) / rate;
    if (due >= end) break;
    while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
    if (open.size >= MAX_OPEN) await Promise.race(open);
    const running: Promise<void> = one(due).finally(() => open.delete(running));
    open.add(running);
  }
  await Promise.all(open);
}

// Resolves at the end of the body to the time of its first byte.
function exchange(agent: Agent, options: Dispatcher.DispatchOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let first = 0;
    agent.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, status) {
        if (status !== 200) reject(new Error(`status ${status}`));
      },
      onResponseData() {
        if (first === 0) first = performance.now();
      },
      onResponseEnd() {
        resolve(first);
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    });
  });
}

function middle(sample: number[]): { p50: number; p99: number } {
  sample.sort((a, b) => a - b);
  return { p50: percentile(sample, 50), p99: percentile(sample, 99) };
}

/** Puts load on what the parent orders. */
export function runLoad(): void {
  process.on('message', (order: LoadOrder) => {
    void load(order).then((result) => process.send?.(result));
  });
  process.send?.('ready');
}
