import { faultServer, type Connection, type FaultServer } from '@inferway/provider-kit/testing';
import type { WireAnswer, WireCall } from '../wire/wire-answer.js';
import type { WireRequest } from '../wire/wire-request.js';
import { whole, type Delivery } from './delivery.js';

/** How the calls of a test are answered. */
export interface Scene {
  /** The answers to the exchanges of a call, the last of which carries its result. */
  readonly answers: (call: WireCall) => readonly WireAnswer[];
  /** How the last answer is put on the wire. Default: whole. */
  readonly deliver?: Delivery | undefined;
}

/** One call as the server sees it. */
export interface OpenCall extends WireCall {
  /** Its requests, in order. */
  readonly requests: WireRequest[];
  readonly answers: readonly WireAnswer[];
  readonly deliver: Delivery;
}

export interface StageSettings {
  readonly model: string;
  readonly aside?: ((request: WireRequest, origin: string) => WireAnswer | undefined) | undefined;
}

/** The kit's server: raw sockets on loopback that answer by the scene of the moment. */
export class Stage {
  readonly calls: OpenCall[] = [];
  /** Requests that belong to no call. */
  readonly asides: WireRequest[] = [];
  /** When each connection was closed, in milliseconds of `performance.now()`, by its number. */
  readonly closedAt: Map<number, number> = new Map();
  scene: Scene | undefined;
  readonly #settings: StageSettings;
  #server: FaultServer | undefined;

  private constructor(settings: StageSettings) {
    this.#settings = settings;
  }

  static async open(settings: StageSettings): Promise<Stage> {
    const stage = new Stage(settings);
    stage.#server = await faultServer((connection) => stage.#serve(connection));
    return stage;
  }

  get origin(): string {
    return this.#server?.origin ?? '';
  }

  get connections(): readonly Connection[] {
    return this.#server?.connections ?? [];
  }

  /** The one call of a test that makes one. */
  get call(): OpenCall {
    const [call] = this.calls;
    if (call === undefined) throw new Error('The adapter sent no request.');
    return call;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  async #serve(connection: Connection): Promise<void> {
    void connection.closed.then(() => this.closedAt.set(connection.number, performance.now()));
    for (;;) {
      const received = await connection.request();
      if (received === undefined) return;
      const request: WireRequest = { ...received, connection: connection.number };
      const aside = this.#settings.aside?.(request, this.origin);
      if (aside !== undefined) {
        this.asides.push(request);
        await whole(aside, connection);
        continue;
      }
      const call = this.#callOf(request);
      const index = Math.min(call.requests.length, call.answers.length) - 1;
      const answer = call.answers[index] ?? NO_SCENE;
      await (index === call.answers.length - 1 ? call.deliver : whole)(answer, connection);
    }
  }

  #callOf(request: WireRequest): OpenCall {
    const known = this.calls.find((call) => request.path.includes(call.id));
    if (known !== undefined) {
      known.requests.push(request);
      return known;
    }
    const begun: WireCall = {
      id: nextCallId(),
      origin: this.origin,
      model: this.#settings.model,
      request,
    };
    const call: OpenCall = {
      ...begun,
      requests: [request],
      answers: this.scene?.answers(begun) ?? [NO_SCENE],
      deliver: this.scene?.deliver ?? whole,
    };
    this.calls.push(call);
    return call;
  }
}

let lastCall = 0;

// Never used twice in a process: who keeps something by it, keeps it apart.
function nextCallId(): string {
  return `kit${++lastCall}x`;
}

const NO_SCENE: WireAnswer = { status: 500, body: '{"error":{"message":"no scene"}}' };
