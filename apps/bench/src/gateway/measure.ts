import { once } from 'node:events';
import { startRole, type Role } from '../child.js';
import { spread, type Spread } from '../statistics.js';
import { modelName } from '../upstream/model-name.js';
import { startInferway, startPassThrough, startPortkey, type Contender } from './contenders.js';
import type { LoadOrder, LoadResult } from './load.js';
import { processCpu, residentMiB } from './process-cpu.js';

/** What a gateway is put under. */
export interface Scenario {
  readonly title: string;
  readonly model: string;
  readonly stream: boolean;
  readonly concurrency?: number;
  readonly rate?: number;
}

export interface GatewayCell {
  readonly contender: string;
  /** Answers a second. */
  readonly throughput: Spread;
  /** CPU microseconds of the gateway's process an answer. */
  readonly cpu: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly firstByteP50: Spread;
  readonly firstByteP99: Spread;
  readonly failed: number;
  /** Throughput over the baseline's of the same round. */
  readonly ratio: Spread;
  readonly residentMiB: number;
}

export interface GatewayResult {
  readonly scenario: Scenario;
  readonly cells: readonly GatewayCell[];
}

/** The baseline is the pass-through with JSON. */
export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'unary, saturation (64 at a time)',
    model: modelName({ events: 0, paced: false }),
    stream: false,
    concurrency: 64,
  },
  {
    title: 'streams of 100 events, saturation (32 at a time)',
    model: modelName({ events: 100, paced: false }),
    stream: true,
    concurrency: 32,
  },
  {
    title: 'unary, 500 requests/s (open loop)',
    model: modelName({ events: 0, paced: false }),
    stream: false,
    rate: 500,
  },
  {
    title: 'unary, 1,000 requests/s (open loop)',
    model: modelName({ events: 0, paced: false }),
    stream: false,
    rate: 1_000,
  },
  {
    title: 'streams of 20 paced events, 100/s (open loop): first byte',
    model: modelName({ events: 20, paced: true }),
    stream: true,
    rate: 100,
  },
];

/** Measures every gateway under every scenario, in rounds that take each in turn. */
export async function measureGateways(options: {
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (line: string) => void;
}): Promise<GatewayResult[]> {
  const upstream = await startRole<string>('upstream');
  const driver = await startRole<string>('load');
  const contenders: Contender[] = [];
  try {
    contenders.push(await startPassThrough(upstream.first, true));
    contenders.push(await startPassThrough(upstream.first, false));
    contenders.push(await startInferway(upstream.first, 'off'));
    contenders.push(await startInferway(upstream.first, 'on'));
    contenders.push(await startPortkey(upstream.first));
    const results: GatewayResult[] = [];
    for (const scenario of SCENARIOS) {
      results.push(await measureScenario(scenario, contenders, driver, options));
      options.progress(scenario.title);
    }
    return results;
  } finally {
    for (const contender of contenders) await contender.stop();
    await driver.stop();
    await upstream.stop();
  }
}

async function measureScenario(
  scenario: Scenario,
  contenders: readonly Contender[],
  driver: Role<string>,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<GatewayResult> {
  const samples = new Map(contenders.map((contender) => [contender, [] as Sample[]]));
  for (let round = -1; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      // The first round is warm-up.
      const sample = await take(driver, contender, scenario, round === -1 ? seconds : seconds);
      if (round >= 0) samples.get(contender)?.push(sample);
    }
  }
  const baseline = samples.get(contenders[0] as Contender) ?? [];
  const cells = contenders.map((contender) =>
    cellOf(contender, samples.get(contender) ?? [], baseline),
  );
  return { scenario, cells };
}

interface Sample {
  readonly result: LoadResult;
  readonly cpu: number;
}

async function take(
  driver: Role<string>,
  contender: Contender,
  scenario: Scenario,
  seconds: number,
): Promise<Sample> {
  const { stream, concurrency, rate } = scenario;
  const order: LoadOrder = {
    target: contender.target(scenario.model),
    stream,
    seconds,
    concurrency,
    rate,
  };
  const before = processCpu(contender.pid);
  const answered = once(driver.process, 'message');
  driver.process.send(order);
  const [result] = (await answered) as [LoadResult];
  return { result, cpu: (processCpu(contender.pid) - before) / Math.max(1, result.completed) };
}

function cellOf(
  contender: Contender,
  own: readonly Sample[],
  baseline: readonly Sample[],
): GatewayCell {
  const of = (read: (sample: Sample) => number): Spread => spread(own.map(read));
  const throughput = ({ result }: Sample): number => result.completed / result.seconds;
  return {
    contender: contender.name,
    throughput: of(throughput),
    cpu: of(({ cpu }) => cpu),
    p50: of(({ result }) => result.latency.p50),
    p99: of(({ result }) => result.latency.p99),
    firstByteP50: of(({ result }) => result.firstByte.p50),
    firstByteP99: of(({ result }) => result.firstByte.p99),
    failed: own.reduce((sum, { result }) => sum + result.failed, 0),
    ratio: spread(
      own.map((sample, round) => throughput(sample) / throughput(baseline[round] ?? sample)),
    ),
    residentMiB: residentMiB(contender.pid),
  };
}
