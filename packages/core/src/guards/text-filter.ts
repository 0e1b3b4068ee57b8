import type { EventTransform } from '../transform.js';
import type { Detector } from './detector.js';
import { mapText } from './map-text.js';
import { Redactor, redactText, type Replace } from './redactor.js';

/** What to look for in a text, and what to put in its place; `json` for the arguments of a tool call. */
export type Redaction = (json: boolean) => readonly [readonly Detector[], Replace];

/** The members that events of all operations have in common, as far as they carry text. */
interface TextEvent {
  readonly type: string;
  readonly index?: number;
  readonly choice?: number;
  readonly text?: string;
  readonly arguments?: string;
  readonly part?: { readonly type: string; readonly text?: string; readonly arguments?: string };
  readonly opaque?: unknown;
  /** Of an answer that goes on after a failure. */
  readonly mode?: string;
}

interface OpenText {
  readonly redactor: Redactor;
  /** An event of this text, to be the envelope of what is held back at its end. */
  sample: TextEvent;
  changed: boolean;
}

/**
 * Redacts the texts of a stream as they pass. Each part of each choice is a text of its own; what is held back of it comes before the event that
 * closes it. Whatever else an event holds passes as it is, but for what a provider had signed or counted of a text that changed.
 */
export function textFilter(redaction: Redaction): EventTransform<object> {
  const open = new Map<string, OpenText>();

  const textOf = (event: TextEvent, json: boolean): OpenText => {
    const key = keyOf(event);
    let text = open.get(key);
    if (text === undefined) {
      text = { redactor: new Redactor(...redaction(json)), sample: event, changed: false };
      open.set(key, text);
    }
    return text;
  };

  const delta = (event: TextEvent, into: object[]): void => {
    const json = event.arguments !== undefined;
    const given = (json ? event.arguments : event.text) ?? '';
    const text = textOf(event, json);
    text.sample = event;
    const out = text.redactor.push(given);
    if (out === given) into.push(event);
    else if (out !== '') into.push(withText(event, out));
    if (out !== given) text.changed = true;
  };

  const closeText = (key: string, into: object[]): boolean => {
    const text = open.get(key);
    if (text === undefined) return false;
    open.delete(key);
    const rest = text.redactor.end();
    if (rest !== '') into.push(withText(text.sample, rest));
    return text.changed;
  };

  const partStart = (event: TextEvent, into: object[]): void => {
    const { part } = event;
    const begun = part?.text ?? part?.arguments ?? '';
    if (part === undefined || begun === '') {
      into.push(event);
      return;
    }
    // What a part opens with is its first delta here, so that a find may reach over it.
    const json = part.arguments !== undefined;
    into.push({ ...event, part: { ...part, [json ? 'arguments' : 'text']: '' } });
    delta(firstDelta(event, part.type, json, begun), into);
  };

  const pass = (event: TextEvent, into: object[]): void => {
    if (event.type.endsWith('-delta') && isText(event)) delta(event, into);
    else if (event.type === 'part-start') partStart(event, into);
    else if (event.type === 'part-end') {
      const changed = closeText(keyOf(event), into);
      into.push(changed && event.opaque !== undefined ? { ...event, opaque: undefined } : event);
    } else if (event.type === 'finish' || event.type === 'end') {
      for (const key of open.keys()) {
        if (event.type === 'end' || key.startsWith(`${event.choice ?? 0}/`)) closeText(key, into);
      }
      into.push(event);
    } else if (event.type === 'citation') {
      // Words of a source, whole.
      into.push(mapText(event, (text, json) => redactText(text, ...redaction(json))));
    } else {
      // What is held back of an answer that begins anew is taken back with it.
      if (event.type === 'resumed' && event.mode === 'restart') open.clear();
      into.push(event);
    }
  };

  return {
    batch(events) {
      const into: object[] = [];
      for (const event of events) pass(event as TextEvent, into);
      return into;
    },
    flush() {
      const into: object[] = [];
      for (const key of open.keys()) closeText(key, into);
      return into;
    },
  };
}

function isText(event: TextEvent): boolean {
  return typeof event.text === 'string' || typeof event.arguments === 'string';
}

function keyOf({ choice, index }: TextEvent): string {
  return `${choice ?? 0}/${index ?? 0}`;
}

// Log probabilities hold the tokens themselves.
function withText(event: TextEvent, text: string): object {
  const { logprobs: _tokens, ...rest } = event as TextEvent & { logprobs?: unknown };
  return event.arguments === undefined ? { ...rest, text } : { ...rest, arguments: text };
}

function firstDelta(event: TextEvent, part: string, json: boolean, begun: string): TextEvent {
  const { index, choice } = event;
  const where = {
    ...(index === undefined ? {} : { index }),
    ...(choice === undefined ? {} : { choice }),
  };
  if (json) return { type: 'tool-call-delta', ...where, arguments: begun };
  return { type: part === 'reasoning' ? 'reasoning-delta' : 'text-delta', ...where, text: begun };
}
