import { aroundAttempts } from '../../attempt-layer.js';
import type { CallOf } from '../../call.js';
import type { JsonObject } from '../../json.js';
import type { ChatRequest } from '../../operations/chat-request.js';
import { messageText } from '../../operations/message-text.js';
import { stateKey, type State } from '../../state.js';
import { tokensOf } from '../../token-estimate.js';
import type { PrefixRule } from './resume-rules.js';

/** A request that goes on from a partial answer, and the one that it was made of. */
export interface Prefixed {
  readonly asked: ChatRequest;
  readonly text: string;
  readonly prefixFor: PrefixRule;
  /** Whether the last attempt was given the partial answer. */
  given: boolean;
}

const PREFIXED = stateKey<Prefixed>('resume: partial answer as a prefix');
const INSTALLED = stateKey<boolean>('resume: prefixes are watched');

/** Whether a partial answer can be given to a model as the beginning of its own. */
export function mayPrefix({
  messages,
  output,
  choices,
  reasoning,
  logprobs,
}: ChatRequest): boolean {
  return (
    messages.at(-1)?.role !== 'assistant' &&
    (output === undefined || output.type === 'text') &&
    (choices ?? 1) === 1 &&
    // Models that think refuse it.
    (reasoning === undefined || reasoning.effort === 'none') &&
    logprobs === undefined
  );
}

/** The request with the partial answer as the assistant's last message, and the rest of its tokens. */
export function withPrefix(request: ChatRequest, text: string): ChatRequest {
  const { maxOutputTokens, messages } = request;
  const rest =
    maxOutputTokens === undefined
      ? undefined
      : Math.max(1, maxOutputTokens - tokensOf(text.length));
  return {
    ...request,
    messages: [...messages, { role: 'assistant', content: text }],
    ...(rest === undefined ? {} : { maxOutputTokens: rest }),
  };
}

/**
 * Which model goes on is chosen further in, by fallbacks and routes, and each attempt may go to another one. So right above the provider the
 * partial answer is taken out again for a model that would not go on from it, which then begins anew.
 */
export function givePrefix(state: State, prefixed: Prefixed): void {
  state.set(PREFIXED, prefixed);
  if (state.get(INSTALLED) === true) return;
  state.set(INSTALLED, true);
  aroundAttempts(state, (call, _attempt, next) => {
    const current = state.get(PREFIXED);
    if (current === undefined || call.operation !== 'chat') return next(call);
    const { request, model } = call as CallOf<'chat', true>;
    const last = request.messages.at(-1);
    if (last?.role !== 'assistant' || messageText(last) !== current.text) return next(call);
    const options = current.prefixFor(model);
    current.given = options !== undefined;
    if (options !== undefined) return next(withOptions(call as CallOf<'chat', true>, options));
    const { asked } = current;
    const whole: ChatRequest = {
      ...request,
      messages: request.messages.slice(0, -1),
      maxOutputTokens: asked.maxOutputTokens,
    };
    return next({ ...call, request: whole } as typeof call);
  });
}

function withOptions(call: CallOf<'chat', true>, options: JsonObject): CallOf<'chat', true> {
  if (Object.keys(options).length === 0) return call;
  const { provider } = call.model;
  const known = call.request.providerOptions;
  const providerOptions = { ...known, [provider]: { ...known?.[provider], ...options } };
  return { ...call, request: { ...call.request, providerOptions } };
}
