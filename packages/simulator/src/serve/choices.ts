import type { Payload } from './edited-format.js';

/** The choices of an answer or chunk of Chat Completions or Completions. */
export function choicesOf(body: Payload): readonly Payload[] {
  return Array.isArray(body['choices']) ? (body['choices'] as readonly Payload[]) : [];
}

/** The messages or deltas of an answer's choices. */
export function messagesOf(body: Payload): readonly Payload[] {
  return choicesOf(body).flatMap(({ message, delta }) => {
    const one = message ?? delta;
    return typeof one === 'object' && one !== null ? [one as Payload] : [];
  });
}

/** Gives the member another name, where it is there. */
export function rename(object: Payload, from: string, to: string): void {
  if (!(from in object)) return;
  object[to] = object[from];
  delete object[from];
}
