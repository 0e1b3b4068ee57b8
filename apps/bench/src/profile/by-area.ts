/** The parts of a V8 CPU profile that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** The node at the top of the stack, sample by sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const SOCKET_WRITES = /^(?:writev|writeUtf8String|writeLatin1String|writeBuffer)$/u;

/** Self time in microseconds by area, the largest first; time in which the process slept is left out, and so is the part before `from` (0 to 1). */
export function byArea(profile: CpuProfile, from: number): [area: string, microseconds: number][] {
  const areas = new Map(profile.nodes.map((node) => [node.id, areaOf(node.callFrame)]));
  const begins = profile.timeDeltas.reduce((sum, delta) => sum + delta, 0) * from;
  const times = new Map<string, number>();
  let at = 0;
  profile.samples.forEach((sample, index) => {
    const delta = profile.timeDeltas[index] ?? 0;
    at += delta;
    const area = areas.get(sample);
    if (at < begins || area === undefined) return;
    times.set(area, (times.get(area) ?? 0) + delta);
  });
  return [...times].toSorted((a, b) => b[1] - a[1]);
}

function areaOf({ functionName, url }: { functionName: string; url: string }): string | undefined {
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (SOCKET_WRITES.test(functionName)) return 'writing to sockets (system calls)';
  const ours = /\/(?:packages|apps)(?:\/providers)?\/([\w-]+)\/dist\//u.exec(url)?.[1];
  if (ours !== undefined)
    return ours === 'bench' ? 'the proxy or caller itself' : `@inferway/${ours}`;
  if (url.includes('/undici/') || url.startsWith('wasm:')) return 'undici';
  if (/^node:(?:_http|internal\/http)/u.test(url)) return 'node:http';
  if (url.startsWith('node:')) return 'other parts of Node';
  if (url.includes('/node_modules/')) return 'other packages';
  return 'V8 and native code';
}
