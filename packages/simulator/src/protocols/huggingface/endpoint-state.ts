import type { Exchange } from '../../http/exchange.js';
import type { SimulatorContext } from '../../serve/context.js';
import type { Route } from '../protocol.js';

const START_MS = 30_000;
const KNOWN = /^(?:vllm|sglang|llama\.cpp|tgi|tei)(?:-\w+)?$/u;

/** Dedicated endpoints by their names: `{engine}` runs, `{engine}-cold` is scaled to zero, `{engine}-paused` never starts. */
export class EndpointStates {
  readonly #context: SimulatorContext;
  /** When those that were asked will run. */
  readonly #ready = new Map<string, number>();

  constructor(context: SimulatorContext) {
    this.#context = context;
  }

  /** As the control plane tells it. */
  stateOf(name: string): string {
    if (name.endsWith('-paused')) return 'paused';
    if (!name.endsWith('-cold')) return 'running';
    const ready = this.#ready.get(name);
    if (ready === undefined) return 'scaledToZero';
    return ready > this.#context.clock.now() ? 'initializing' : 'running';
  }

  /** Lets a request through when the endpoint runs: at once, held by the proxy as long as it asked for, or refused with 503. */
  route({ method, path, handle }: Route): Route {
    return {
      method,
      path,
      handle: (exchange, groups) => {
        const [name = ''] = groups;
        const go = (): Promise<void> | void => handle(exchange, groups);
        const waitMs = KNOWN.test(name) ? this.#wake(name) : undefined;
        if (waitMs === 0) return go();
        const asked = Number(exchange.header('x-scale-up-timeout') ?? 0) * 1000;
        if (waitMs === undefined || waitMs > asked) return this.#refuse(name, exchange);
        const { clock } = this.#context;
        return new Promise((resolve, reject) => {
          const timer = clock.setTimer(() => {
            Promise.resolve(go()).then(resolve, reject);
          }, waitMs);
          exchange.onLeave(() => {
            clock.clearTimer(timer);
            exchange.over('cancelled');
            resolve();
          });
        });
      },
    };
  }

  /** Milliseconds until it runs; undefined where it never will. */
  #wake(name: string): number | undefined {
    const { clock } = this.#context;
    switch (this.stateOf(name)) {
      case 'running':
        return 0;
      case 'paused':
        return undefined;
      case 'scaledToZero':
        this.#ready.set(name, clock.now() + START_MS);
        return START_MS;
      default:
        return (this.#ready.get(name) ?? 0) - clock.now();
    }
  }

  #refuse(name: string, exchange: Exchange): void {
    exchange.over('refused');
    // llama.cpp answers for itself while it loads; before the others runs only the proxy.
    const body = name.startsWith('llama.cpp')
      ? { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }
      : { error: '503 Service Unavailable' };
    exchange.send({ status: 503, body });
  }
}
