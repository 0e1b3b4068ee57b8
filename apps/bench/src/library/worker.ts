import { subjects } from '../subjects/index.js';
import { inferwayChain } from '../subjects/inferway.js';
import type { Subject } from '../subjects/subject.js';

/** One measurement to make: `calls` calls, `concurrency` at a time. */
export interface Order {
  readonly calls: number;
  readonly concurrency: number;
  /** The model of a stream; absent for unary calls. */
  readonly stream?: string | undefined;
}

/** CPU and wall time of an order, in microseconds a call. */
export interface Taken {
  readonly cpu: number;
  readonly wall: number;
}

/** Runs one subject in this process on its parent's orders. */
export async function runWorker(name: string, baseUrl: string): Promise<void> {
  const make = subjects[name] ?? inferwayChain(name);
  if (make === undefined)
    throw new Error(`No subject is named ${name}. Known: ${Object.keys(subjects).join(', ')}.`);
  const subject = await make(baseUrl);
  process.on('message', (order: Order) => {
    void carryOut(subject, order).then((taken) => process.send?.(taken));
  });
  process.send?.('ready');
}

async function carryOut(subject: Subject, order: Order): Promise<Taken> {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  let left = order.calls;
  const line = async (): Promise<void> => {
    while (left-- > 0) {
      const length = await (order.stream === undefined
        ? subject.unary()
        : subject.stream(order.stream));
      if (length === 0) throw new Error(`${subject.name} read an empty answer.`);
    }
  };
  await Promise.all(Array.from({ length: order.concurrency }, line));
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpu: (user + system) / order.calls,
    wall: ((performance.now() - wall) * 1_000) / order.calls,
  };
}
