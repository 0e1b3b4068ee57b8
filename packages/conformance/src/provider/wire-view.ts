import { begunEvents, eventsOf } from './events.js';
import type { Subject } from './subject.js';
import { bodyOf } from '../stage/delivery.js';
import type { WireAnswer, WireCall } from '../wire/wire-answer.js';

const CALL: WireCall = {
  id: 'kit0x',
  origin: 'http://127.0.0.1:9',
  model: 'test-model',
  request: {
    method: 'POST',
    path: '/',
    head: '',
    headers: {},
    body: '{}',
    bytes: new Uint8Array(),
    connection: 0,
  },
};

/** The answer that carries the sample's result, as the script writes it; undefined where it cannot stream. */
export function carrierOf(subject: Subject, stream: boolean): WireAnswer | undefined {
  const { script, sample } = subject;
  return stream
    ? script.stream?.(eventsOf(subject) as never, CALL).at(-1)
    : script.unary(sample.answer, CALL).at(-1);
}

/** The text that the sample's stream has brought when it has begun and not ended: some servers hold back its last piece until the end. */
export function begunText(subject: Subject): string {
  const body = (subject.script.stream?.(begunEvents(subject) as never, CALL) ?? [])
    .map((answer) => bodyOf(answer).toString())
    .join('');
  const isSent = (piece: string): boolean =>
    body.includes(piece.trim()) || body.includes(JSON.stringify(piece.trim()).slice(1, -1));
  return (begunEvents(subject) as readonly { readonly text?: unknown }[])
    .map(({ text }) => (typeof text === 'string' && isSent(text) ? text : ''))
    .join('');
}

/** A value without what tells one call from another: the ids that the kit gave them. */
export function withoutCallIds(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/kit\d+x/gu, 'kit-call');
  if (Array.isArray(value)) return value.map((one) => withoutCallIds(one));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withoutCallIds(one)]),
  );
}

/** How many exchanges a call takes. */
export function exchangesOf(subject: Subject, stream: boolean): number {
  const { script, sample } = subject;
  const answers = stream
    ? script.stream?.(eventsOf(subject) as never, CALL)
    : script.unary(sample.answer, CALL);
  return answers?.length ?? 0;
}

/** True where the sample's stream is one of server-sent events. */
export function isEventStream(subject: Subject): boolean {
  const answer = carrierOf(subject, true);
  if (answer === undefined) return false;
  return (answer.headers?.['content-type'] ?? 'text/event-stream').startsWith('text/event-stream');
}

/** True where every event of the sample's stream holds JSON, but for a closing word. */
export function isJsonStream(subject: Subject): boolean {
  const answer = carrierOf(subject, true);
  if (answer === undefined || !isEventStream(subject)) return false;
  const lines = bodyOf(answer).toString().split('\n');
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
  return data.length > 0 && data.every((text) => text.startsWith('{') || text === '[DONE]');
}

/** True where the sample's unary answer is JSON. */
export function isJsonAnswer(subject: Subject): boolean {
  const type = carrierOf(subject, false)?.headers?.['content-type'] ?? 'application/json';
  return /\bjson\b/u.test(type);
}
