import {
  InferwayError,
  type ChatEvent,
  type JsonObject,
  type Opaque,
  type Warning,
} from '@inferway/core';
import { asObject, asText } from '../lenient.js';
import { CallIds } from '../openai/call-ids.js';
import { OPENAI_CHAT } from './dialect.js';
import { JsonProgress } from './json-progress.js';
import { argumentsText, cutCall } from '../openai/tool-arguments.js';
import { readExtra } from './tool-call.js';
import { endsByWill, meant, replayed } from './tool-calls.js';

/** Far more than models make. Calls are compared with each other, so that a stream of nothing else would cost ever more. */
const MOST_CALLS = 2000;

interface Host {
  readonly choice: number | undefined;
  readonly answerId: string | undefined;
  /** Takes the next part's index. */
  nextIndex(): number;
  warn(warning: Warning): void;
}

interface CallState {
  /** As the provider gave it. */
  id: string | undefined;
  name: string | undefined;
  /** What has come so far; `{}` is held back, since some servers begin every call so. */
  text: string;
  held: boolean;
  readonly progress: JsonProgress;
  /** The part's index, once it has opened. */
  part: number | undefined;
  ended: boolean;
  /** A repetition of an earlier call. */
  ignored: boolean;
  custom: boolean;
  opaque: Opaque | undefined;
}

/**
 * Tells streamed tool calls apart. By the protocol each has an `index`, and an `id` and `name` in its first delta; servers leave out or
 * repeat any of them, give several calls one index, or send a whole call twice.
 */
export class ToolCallDeltas {
  readonly #host: Host;
  readonly #ids: CallIds;
  readonly #calls: CallState[] = [];
  readonly #byIndex = new Map<number, CallState>();
  #last: CallState | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#ids = new CallIds(host.answerId);
  }

  /** There has been a call. */
  get some(): boolean {
    return this.#calls.some((call) => call.part !== undefined || call.custom);
  }

  push(raw: JsonObject, out: ChatEvent[]): void {
    const called = asObject(raw['function']) ?? asObject(raw['custom']);
    const id = asText(raw['id']);
    const name = asText(called?.['name']);
    const text = argumentsText(called?.['arguments'] ?? called?.['input']);
    const index = typeof raw['index'] === 'number' ? raw['index'] : undefined;
    let call = this.#find(index, id, name, text);
    if (call !== undefined && this.#repeats(call, id, name, text)) {
      if (!call.ignored) this.#host.warn(replayed(call.name ?? ''));
      return;
    }
    if (call === undefined) {
      call = this.#begin(id, name, text, raw);
      if (index !== undefined) this.#byIndex.set(index, call);
    }
    if (this.#last !== call) {
      this.#last = call;
      if (!call.ignored) this.endWhole(out, call);
    }
    if (call.ignored) return;
    call.id ??= id;
    call.name ??= name;
    const extra = readExtra(raw['extra_content']);
    if (extra !== undefined) call.opaque = extra;
    if (call.part === undefined && call.name !== undefined && !call.custom) this.#open(call, out);
    this.#append(call, text, out);
  }

  /** Another part begins: closes the calls whose arguments are whole. One that is not may still grow. */
  endWhole(out: ChatEvent[], begun?: object): void {
    for (const call of this.#calls) {
      if (call !== begun && (call.custom || call.progress.whole)) this.#end(call, out);
    }
  }

  /** The answer is over. A call that was cut is left open, so that it is no part of any result. */
  end(finishWord: string | undefined, out: ChatEvent[]): void {
    const willed = meant(finishWord);
    for (const call of this.#calls) {
      if (call.ended || call.ignored) continue;
      const whole = call.custom ? willed : call.progress.whole || (willed && call.text === '');
      if (call.name !== undefined && (whole || endsByWill(finishWord))) this.#end(call, out);
      else {
        call.ignored = true;
        this.#host.warn(cutCall(call.name));
      }
    }
  }

  #find(
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    text: string,
  ): CallState | undefined {
    let call: CallState | undefined;
    if (index !== undefined) call = this.#byIndex.get(index);
    else if (id !== undefined) call = this.#calls.find((known) => known.id === id);
    else if (name === undefined || (this.#last?.name === name && grows(this.#last))) {
      return this.#last;
    }
    // Without a name nothing can begin: it is more of the last call, whatever its index says.
    if (call === undefined && name === undefined && this.#last?.progress.whole === false) {
      return this.#last;
    }
    if (call === undefined || name === undefined || grows(call)) return call;
    // A name begins a call: one with another id or name, or that brings arguments where the last has all of its own, is another one.
    const other =
      (id !== undefined && call.id !== undefined && id !== call.id) ||
      (call.progress.whole && !call.held && name !== call.name) ||
      (call.progress.whole && !call.held && text !== '' && text !== call.text);
    return other ? undefined : call;
  }

  /** True for a delta that brings again what the call already has. A whole call cannot grow. */
  #repeats(
    call: CallState,
    id: string | undefined,
    name: string | undefined,
    text: string,
  ): boolean {
    if (call.ignored) return true;
    if (call.ended) return text.trim() !== '' || name !== undefined;
    return (
      name !== undefined &&
      (id === undefined || id === call.id) &&
      call.progress.whole &&
      !call.held &&
      text !== '' &&
      text === call.text
    );
  }

  #begin(
    id: string | undefined,
    name: string | undefined,
    text: string,
    raw: JsonObject,
  ): CallState {
    if (this.#calls.length === MOST_CALLS) {
      throw new InferwayError('protocol', {
        message: `The answer holds more than ${MOST_CALLS} tool calls. A server that repeats itself does so; no further ones are read.`,
      });
    }
    const twin =
      id === undefined
        ? undefined
        : this.#calls.find((call) => call.id === id && call.name === name && call.text === text);
    const ignored = twin?.progress.whole === true && text !== '';
    if (ignored) this.#host.warn(replayed(name ?? ''));
    const call: CallState = {
      id,
      name,
      text: '',
      held: false,
      progress: new JsonProgress(),
      part: undefined,
      ended: false,
      ignored,
      custom: raw['type'] === 'custom' || asObject(raw['custom']) !== undefined,
      opaque: undefined,
    };
    this.#calls.push(call);
    return call;
  }

  #open(call: CallState, out: ChatEvent[]): void {
    const { choice } = this.#host;
    const index = this.#host.nextIndex();
    call.part = index;
    const id = this.#ids.take(call.id);
    call.id ??= id;
    const name = call.name ?? '';
    const { text } = call;
    const part = { type: 'tool-call', id, name, arguments: '' } as const;
    out.push({ type: 'part-start', index, part, choice });
    // What came before the name.
    if (text !== '' && !call.held) {
      out.push({ type: 'tool-call-delta', index, arguments: text, choice });
    }
  }

  #append(call: CallState, text: string, out: ChatEvent[]): void {
    if (text === '') return;
    if (call.text === '' && text === '{}' && !call.custom) {
      call.text = text;
      call.held = true;
      call.progress.push(text);
      return;
    }
    if (call.held) {
      call.held = false;
      call.text = '';
      call.progress.reset();
      if (text.trimStart().startsWith('{')) {
        this.#append(call, text, out);
        return;
      }
      this.#grow(call, '{}', out);
    }
    this.#grow(call, text, out);
  }

  #grow(call: CallState, text: string, out: ChatEvent[]): void {
    call.text += text;
    if (call.custom) return;
    call.progress.push(text);
    if (call.part === undefined) return;
    const { choice } = this.#host;
    out.push({ type: 'tool-call-delta', index: call.part, arguments: text, choice });
  }

  #end(call: CallState, out: ChatEvent[]): void {
    if (call.ended) return;
    const { choice } = this.#host;
    if (call.custom) {
      call.ended = true;
      this.#tellCustom(call, out);
      return;
    }
    const index = call.part;
    if (index === undefined) return;
    call.ended = true;
    if (call.text === '' || call.held) {
      out.push({ type: 'tool-call-delta', index, arguments: '{}', choice });
    }
    out.push({ type: 'part-end', index, opaque: call.opaque, choice });
  }

  /** A call of a custom tool, which takes any text, is told once it is whole: the canonical form has no pieces of it. */
  #tellCustom(call: CallState, out: ChatEvent[]): void {
    const { choice } = this.#host;
    const index = this.#host.nextIndex();
    const custom = { name: call.name, input: call.text };
    const value = { id: this.#ids.take(call.id), type: 'custom', custom };
    const part = { type: 'provider', format: OPENAI_CHAT, kind: 'custom', value } as const;
    out.push({ type: 'part-start', index, part, choice });
    out.push({ type: 'part-end', index, choice });
  }
}

/** The call's arguments have begun and are not at their end. */
function grows(call: CallState): boolean {
  return call.text !== '' && !call.progress.whole;
}
