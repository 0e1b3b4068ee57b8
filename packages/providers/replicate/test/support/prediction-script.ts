import { deepEqual } from 'node:assert/strict';
import type { EventOf, JsonObject, JsonValue, Operation, ResultOf, Usage } from '@inferway/core';
import { jsonAnswer, jsonOf, type WireAnswer, type WireScript } from '@inferway/conformance';

/** How one operation's results look as the output of a model. */
export interface OutputOf<K extends Operation> {
  readonly output: (result: ResultOf<K>) => JsonValue;
  /** The data of a stream's message; absent where the operation is not streamed. */
  readonly piece?: (event: EventOf<K>) => string | undefined;
}

/**
 * Replicate's side of a call: it is made (`starting`), then asked for or streamed. After a stream the prediction is asked for once more;
 * of one that broke off nothing is known any more.
 */
export function predictionScript<K extends Operation>(
  operation: K,
  { output, piece }: OutputOf<K>,
): WireScript<K> {
  /** What is known of predictions that were streamed, by server and id; undefined where they are gone. */
  const streamed = new Map<string, object | undefined>();
  let latest = { key: '', id: '' };
  const script: WireScript<K> = {
    name: 'replicate-predictions',
    operation,
    unary: ({ result, usage }, { id, origin }) => {
      streamed.delete(`${origin} ${id}`);
      return [
        jsonAnswer({ id, status: 'starting', output: null, logs: '' }, 201),
        jsonAnswer(over(id, output(result), usage)),
      ];
    },
    error: ({ message }) => ({ title: 'Failed', detail: message }),
    unaryFailure: ({ message }, { id }) => [
      jsonAnswer({ id, status: 'failed', error: message, output: null }),
    ],
    // The answer's id is that of the prediction.
    silent: ['id', 'finish-reason', 'usage-parts'],
    // A prediction goes on without its stream.
    recovers: piece !== undefined,
    // A model's error has a text and no code.
    failureCodes: [],
    aside(request, origin) {
      const [, id, rest] = /\/predictions\/(\w+)(\/cancel)?$/u.exec(request.path) ?? [];
      if (id === undefined) return undefined;
      if (rest !== undefined) return jsonAnswer({ id, status: 'canceled' });
      const key = `${origin} ${id}`;
      if (!streamed.has(key)) return undefined;
      const known = streamed.get(key);
      return known === undefined
        ? jsonAnswer({ detail: 'The requested resource could not be found.' }, 404)
        : jsonAnswer(known);
    },
    checkRequest(request, { model }) {
      const body = jsonOf(request) as JsonObject;
      deepEqual(request.path.endsWith(`/models/${model}/predictions`), true, request.path);
      deepEqual(Object.keys(body), ['input']);
    },
  };
  if (piece === undefined) return script;
  return {
    ...script,
    stream(events, { id, origin }): readonly WireAnswer[] {
      latest = { key: `${origin} ${id}`, id };
      const pieces = events.flatMap((event) => piece(event) ?? []);
      const end = events.find((event) => (event as { type?: string }).type === 'end');
      const { usage } = (end ?? {}) as { usage?: Usage };
      streamed.set(latest.key, end === undefined ? undefined : over(id, pieces, usage));
      const urls = { stream: `${origin}/base/stream/${id}` };
      return [
        jsonAnswer({ id, status: 'starting', output: null, urls }, 201),
        {
          headers: { 'content-type': 'text/event-stream' },
          frames: [
            ...pieces.map((text) => message('output', text)),
            ...(end === undefined ? [] : [message('done', '{}')]),
          ],
        },
      ];
    },
    failureFrame(error) {
      const { key, id } = latest;
      streamed.set(key, { id, status: 'failed', error: error.message, output: null });
      return message('error', JSON.stringify({ detail: error.message }));
    },
  };
}

function over(id: string, output: JsonValue, usage: Usage | undefined): object {
  const metrics = {
    input_token_count: usage?.inputTokens,
    output_token_count: usage?.outputTokens,
  };
  return { id, status: 'succeeded', model: 'owner/name', output, logs: '', metrics };
}

function message(event: string, data: string): string {
  return `event: ${event}\n${data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;
}
