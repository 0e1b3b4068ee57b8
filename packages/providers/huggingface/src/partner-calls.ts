import {
  InferwayError,
  isJsonObject,
  replay,
  type AnyReply,
  type Call,
  type FileData,
  type Operation,
  type UnaryReply,
  type Usage,
  type Warning,
} from '@inferway/core';
import {
  connect,
  defineProvider,
  encodeModelId,
  runJob,
  type Connection,
  type Identity,
  type RequestHeaders,
  type Session,
} from '@inferway/provider-kit';
import {
  chooseTarget,
  decodeTaskOutput,
  isHfTask,
  isHubToken,
  isPolicy,
  OPERATION_TASKS,
  operationOf,
  readRouting,
  type HfTaskOutput,
  type HfTaskRequest,
  type OperationTask,
  type Target,
  type TaskOperation,
} from '@inferway/wire';
import type { HuggingFaceCatalog } from './catalog.js';
import { servesTask, type Partner } from './partners.js';
import { jobBody, type PartnerJob, type TaskRequest, type TaskResult } from './task.js';

type Operate = (call: Call) => Promise<AnyReply>;
type TaskCall = Call<'task'>;

/** What calls of partners share. */
export interface PartnerSettings {
  /** How the router, or a partner with its own key, is spoken to, but for the address. */
  identity(routed: boolean): Omit<Identity<'huggingface'>, 'baseUrl'>;
  readonly callHeaders: (call: Call) => RequestHeaders | undefined;
  /** The router's address, without a slash at its end. */
  readonly routerRoot: string;
  readonly partners: Readonly<Record<string, Partner>>;
  readonly catalog: HuggingFaceCatalog;
  /** Who does it where a model has no suffix. */
  readonly routing: string | undefined;
  keyOf(call: Call): string;
}

type Connected = Pick<Reached, 'connection' | 'provider'>;

/** A partner as one call reaches it. */
interface Reached {
  readonly partner: Partner;
  readonly target: Target;
  /** The model's id on the Hub. */
  readonly name: string;
  readonly routed: boolean;
  readonly connection: Connection;
  readonly provider: { readonly [K in Operation]?: Operate };
  /** Of the choice. */
  readonly warnings: readonly Warning[];
}

/**
 * Calls of the providers behind the router, each in its own protocol: by the router with a token of the Hub, at the provider's own address
 * with its key. Neither key is ever shown to the other side.
 */
export class PartnerCalls {
  readonly #settings: PartnerSettings;
  readonly #connected = new Map<string, Connected>();

  constructor(settings: PartnerSettings) {
    this.#settings = settings;
  }

  /** A chat that the router can place: not with a provider that it has no way to. @throws {InferwayError} `configuration`. */
  routable<C extends Call>(call: C): C {
    const named = readRouting(call.model.id).routing ?? this.#settings.routing;
    if (named !== undefined && this.#settings.partners[named]?.direct === true) {
      throw notRouted(named);
    }
    return call;
  }

  /** A chat with a provider's own key. */
  async chat(call: Call): Promise<AnyReply> {
    const { provider, target } = await this.#reach(call, 'conversational');
    return (provider.chat as Operate)(at(call, target));
  }

  /** An operation that is a task too: in the provider's own format for it, or as the task. */
  async operate(operation: TaskOperation, call: Call): Promise<AnyReply> {
    const twin = OPERATION_TASKS[operation] as unknown as OperationTask<Operation>;
    const task = twin.task(call.request as never);
    const reached = await this.#reach(call, task);
    const own =
      reached.partner.jobs?.[task] === undefined ? reached.provider[operation] : undefined;
    if (own !== undefined) return warned(await own(at(call, reached.target)), reached.warnings);
    const { providerOptions, delivery } = call.request as Pick<
      TaskRequest,
      'providerOptions' | 'delivery'
    >;
    const warnings: Warning[] = [...reached.warnings];
    const options = providerOptions?.[call.model.provider];
    const request = twin.toTask(call.request as never, options, (told) => warnings.push(told));
    const done = await this.#run(reached, {
      ...call,
      operation: 'task',
      stream: false,
      request: { ...request, delivery } as TaskRequest,
    });
    const answered = replay(call, {
      result: twin.toResult(done.result.output) as never,
      usage: done.usage,
      meta: done.meta,
    });
    if (answered !== undefined) return warned(answered, warnings);
    throw new InferwayError('unsupported', {
      message: `"${operation}" cannot be streamed here. Call it without a stream.`,
      sent: 'maybe',
    });
  }

  /** A task: in its provider's protocol for it, or as the operation that it is too. */
  async task(call: TaskCall): Promise<UnaryReply<'task'>> {
    const { task, delivery, providerOptions } = call.request;
    const reached = await this.#reach(call, task);
    const operation = operationOf(task);
    const spoken = operation === undefined ? undefined : reached.provider[operation];
    if (
      reached.partner.jobs?.[task] !== undefined ||
      spoken === undefined ||
      operation === undefined
    ) {
      return warned(await this.#run(reached, call), reached.warnings);
    }
    const twin = OPERATION_TASKS[operation] as unknown as OperationTask<Operation>;
    const [request, others] = twin.toRequest(call.request as HfTaskRequest);
    const name = call.model.provider;
    const options = { ...providerOptions, [name]: { ...others, ...providerOptions?.[name] } };
    const moved = { ...(request as object), delivery, providerOptions: options };
    const reply = (await spoken(
      at({ ...call, operation, request: moved } as unknown as Call, reached.target),
    )) as UnaryReply;
    const output = twin.toOutput(reply.result as never);
    const result = { task, output } as TaskResult<never>;
    return warned({ ...reply, result } as UnaryReply<'task'>, reached.warnings);
  }

  async #run(reached: Reached, call: TaskCall): Promise<UnaryReply<'task'>> {
    const job = reached.partner.jobs?.[call.request.task];
    if (job !== undefined) {
      const headers = { ...job.headers, ...this.#settings.callHeaders(call) };
      return runPartnerJob(reached, job, call, headers);
    }
    const operate = reached.provider.task as Operate;
    const reply = (await operate(at(call, reached.target))) as UnaryReply<'task'>;
    if (call.request.delivery !== 'url') return reply;
    const asBytes: Warning = {
      type: 'unsupported',
      setting: 'delivery',
      message: `"delivery" was not sent: ${reached.target.partner} answers with the file itself.`,
    };
    return warned(reply, [asBytes]);
  }

  async #reach(call: Call, task: string): Promise<Reached> {
    const { partners, catalog, routing: usual, keyOf } = this.#settings;
    const { name, routing } = readRouting(call.model.id);
    const wanted = routing ?? usual;
    const named = isPolicy(wanted) ? undefined : wanted;
    const routed = isHubToken(keyOf(call));
    if (named === undefined && !routed) throw needsToken();
    if (named !== undefined && partners[named] === undefined) throw unknownPartner(named, partners);
    const known = {
      serves: (one: string) => servesTask(partners[one], task),
      runsPipelines: (one: string) => partners[one]?.pipelines === true,
    };
    const asking = { signal: call.signal, credential: routed ? call.credential : undefined };
    const target =
      knownTarget(named, name, routed, partners) ??
      chooseTarget(name, task, named, await catalog.mapping(name, asking), known);
    const partner = partners[target.partner];
    if (partner === undefined || !known.serves(target.partner))
      throw cannotDo(target.partner, task);
    const connected = this.#connect(target.partner, partner, routed, jobOf(partner, task)?.baseUrl);
    const warnings = [
      ...(task === 'conversational' ? [] : policyWarnings(wanted)),
      ...stateWarnings(target),
    ];
    return { partner, target, name, routed, warnings, ...connected };
  }

  #connect(
    id: string,
    partner: Partner,
    routed: boolean,
    elsewhere: string | undefined,
  ): Connected {
    const { routerRoot, identity: identityOf, callHeaders } = this.#settings;
    const baseUrl = routed ? `${routerRoot}/${id}` : (elsewhere ?? partner.baseUrl);
    const key = `${id} ${baseUrl}`;
    const known = this.#connected.get(key);
    if (known !== undefined) return known;
    const shared = identityOf(routed);
    const { headers } = partner;
    const identity: Identity<'huggingface'> = {
      ...shared,
      baseUrl,
      key: routed || headers === undefined ? shared.key : { ...shared.key, headers },
      servedBy: (answered) => shared.servedBy?.(answered) ?? id,
    };
    const connection = connect(identity);
    const { endpoints = {} } = partner;
    const provider = defineProvider({ ...identity, endpoints, callHeaders }, connection);
    const made = { connection, provider: provider as Reached['provider'] };
    this.#connected.set(key, made);
    return made;
  }
}

/** Does a task as fields of JSON, and waits for its work. */
async function runPartnerJob(
  { target, name, routed, connection }: Reached,
  job: PartnerJob,
  call: TaskCall,
  headers: RequestHeaders,
): Promise<UnaryReply<'task'>> {
  const moved = at(call, target) as TaskCall;
  const session = connection.session(moved);
  const { task, delivery } = call.request;
  const { entry, id } = target;
  const isAdapter = entry?.adapter === 'lora' && entry.adapterWeightsPath !== undefined;
  const path = job.path(encodeModelId(id), routed);
  const accepted = await session.json({
    path,
    body: jobBody(call.request, job, id, isAdapter ? job.adapter?.(entry, name) : undefined),
    headers,
  });
  const shape = job.job?.(routed);
  const answer = shape === undefined ? accepted : await runJob(session, accepted, shape);
  const output = decodeTaskOutput(call.request as HfTaskRequest, answer, session);
  const result = { task, output: delivery === 'bytes' ? await fetched(output, session) : output };
  const usage = usageOf(output, answer, job);
  return { stream: false, result: result as TaskResult<never>, usage, meta: session.meta(false) };
}

/** The same output, its URLs read. What is read is the provider's to say; the key goes to its own address only. */
async function fetched(output: unknown, session: Session): Promise<unknown> {
  if (Array.isArray(output)) return Promise.all(output.map((one) => fetched(one, session)));
  if (typeof output !== 'object' || output === null) return output;
  if ('type' in output && output.type === 'url' && 'url' in output) {
    const { data, mediaType } = await session.bytes({ url: String(output.url) });
    return { type: 'bytes', data, mediaType } satisfies FileData;
  }
  const members = Object.entries(output).map(async ([key, value]) => [
    key,
    await fetched(value, session),
  ]);
  return Object.fromEntries(await Promise.all(members)) as unknown;
}

function usageOf(output: HfTaskOutput, answer: unknown, job: PartnerJob): Usage | undefined {
  const seconds = job.seconds
    ?.split('.')
    .reduce<unknown>((at, name) => (isJsonObject(at) ? at[name] : undefined), answer);
  const computeSeconds = typeof seconds === 'number' && seconds >= 0 ? seconds : undefined;
  const images = Array.isArray(output) ? output.filter(isImage).length : 0;
  if (computeSeconds === undefined && images === 0) return undefined;
  return { units: { computeSeconds, images: images === 0 ? undefined : images } };
}

function isImage(value: unknown): boolean {
  if (!isJsonObject(value) || (value['type'] !== 'url' && value['type'] !== 'base64')) return false;
  const type = value['mediaType'];
  return type === undefined || (typeof type === 'string' && type.startsWith('image/'));
}

function at<C extends Call>(call: C, target: Target): C {
  return { ...call, model: { ...call.model, id: target.id } };
}

function jobOf(partner: Partner, task: string): PartnerJob | undefined {
  return isHfTask(task) ? partner.jobs?.[task] : undefined;
}

function warned<R extends AnyReply>(reply: R, more: readonly Warning[]): R {
  if (more.length === 0) return reply;
  const { meta } = reply;
  return { ...reply, meta: { ...meta, warnings: [...(meta.warnings ?? []), ...more] } };
}

// The Hub measures speed and prices of chats only.
function policyWarnings(wanted: string | undefined): readonly Warning[] {
  if (wanted !== 'fastest' && wanted !== 'cheapest') return [];
  const message = `":${wanted}" is for chats; the first provider of the Hub’s mapping was taken.`;
  return [{ type: 'changed', setting: 'model', message }];
}

function stateWarnings({ partner, entry }: Target): readonly Warning[] {
  if (entry === undefined || entry.status === 'live') return [];
  const message = `"${partner}" is "${entry.status}" for this model, by the word of the Hub: calls may fail.`;
  return [{ type: 'other', setting: 'model', message }];
}

// Models that the Hub's mapping need not be asked of.
function knownTarget(
  named: string | undefined,
  name: string,
  routed: boolean,
  partners: Readonly<Record<string, Partner>>,
): Target | undefined {
  if (named === undefined) return undefined;
  if (partners[named]?.pipelines === true) {
    if (routed) return { partner: named, id: name, entry: undefined };
    throw new InferwayError('configuration', {
      message: `"${named}" takes tokens of the Hub only, which begin with "hf_". Give one as "apiKey".`,
      param: 'apiKey',
    });
  }
  if (partners[named]?.direct !== true) return undefined;
  if (routed) throw notRouted(named);
  if (name.startsWith(`${named}/`)) {
    return { partner: named, id: name.slice(named.length + 1), entry: undefined };
  }
  throw new InferwayError('invalid_request', {
    message: `Models of "${named}" are written "${named}/model:${named}".`,
    param: 'model',
    sent: 'no',
  });
}

function notRouted(named: string): InferwayError {
  return new InferwayError('configuration', {
    message: `The router has no way to "${named}": it takes its own keys only, and no token of the Hub. Give its key as "apiKey".`,
    param: 'apiKey',
  });
}

function needsToken(): InferwayError {
  return new InferwayError('configuration', {
    message:
      'The router chooses a provider only for tokens of the Hub, which begin with "hf_"; this key is a provider’s. Name the provider: routing: "together", or a model such as "org/name:together".',
    param: 'routing',
  });
}

function unknownPartner(named: string, partners: Readonly<Record<string, Partner>>): InferwayError {
  return new InferwayError('not_found', {
    message: `How "${named}" is called is not known here. Known: ${Object.keys(partners).join(', ')}. Add it by the option "partners".`,
    param: 'model',
    sent: 'no',
  });
}

function cannotDo(partner: string, task: string): InferwayError {
  return new InferwayError('unsupported', {
    message: `How "${partner}" does the task "${task}" is not known here. Choose another provider, or add it by the option "partners".`,
    param: 'model',
    sent: 'no',
  });
}
