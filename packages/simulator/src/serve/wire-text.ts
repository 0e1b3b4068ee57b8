import type { Operation, Usage } from '@inferway/core';
import { BytesBody, type EncodeAs } from '@inferway/wire';
import type { Generation } from '../answer/generation.js';
import { editSse } from '../faults/sse-edit.js';
import type { Frame } from '../http/frame.js';
import type { AnyEndpoint } from './endpoint.js';
import type { Heard } from './heard.js';
import type { Told } from './told.js';

/** Stands where an answer's id will be. */
const STAND_IN = 'answer-id-of-the-simulator';
/** Where an answer says when it was made. */
const TIMES = /"created(?:_at)?":\d+/gu;
/** Longer answers are encoded while they are sent, each time anew. */
const MOST_REMEMBERED_TOKENS = 5000;

/** What a telling depends on beside the request. */
export interface TellingAs {
  readonly shownAs: string;
  readonly created: number;
  readonly usage: Usage;
  readonly stream: boolean;
  readonly tokensPerChunk: number;
}

/** The wire text of an answer, encoded once for requests that are alike in everything. */
export function wireText<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  heard: Heard<K>,
  generation: Generation<K>,
  as: TellingAs,
): Told {
  const { usage, stream, tokensPerChunk, shownAs } = as;
  const key = `${shownAs} ${stream ? tokensPerChunk : 0} ${usage.cacheReadTokens ?? ''} ${usage.cacheWriteTokens ?? ''}`;
  const known = heard.told.get(key);
  if (known !== undefined) return known;
  const { created } = as;
  const encodeAs = { id: STAND_IN, model: shownAs, created };
  const told = stream
    ? streamed(endpoint, heard, generation, encodeAs, as)
    : whole(endpoint, generation, { ...encodeAs, ...heard.as }, usage);
  const { frames, mediaType } = told;
  if (generation.outputTokens > MOST_REMEMBERED_TOKENS) return { frames, created, mediaType };
  const list = [...frames];
  const made = { frames: list, text: list.map((frame) => frame.text).join(''), created, mediaType };
  heard.told.set(key, made);
  return made;
}

/** A text as it is told this time: with this answer's id and time. */
export function signed(text: string, made: Told, id: string, created: number): string {
  const named = text.replaceAll(STAND_IN, id);
  return made.created === created
    ? named
    : named.replaceAll(TIMES, (member) => member.replace(String(made.created), String(created)));
}

type Unsigned = Pick<Told, 'frames' | 'mediaType'>;

function whole<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  generation: Generation<K>,
  encodeAs: EncodeAs,
  usage: Usage,
): Unsigned {
  const body = endpoint.format.encodeResponse({ result: generation.result(), usage }, encodeAs);
  const file = body instanceof BytesBody;
  const text = file ? latin1(body.data) : JSON.stringify(body);
  return {
    frames: [{ kind: 'end', text, tokens: 0 }],
    mediaType: file ? body.mediaType : undefined,
  };
}

/** In events, or as the bytes of a file where the request did not ask for events. */
function streamed<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  heard: Heard<K>,
  generation: Generation<K>,
  encodeAs: EncodeAs,
  as: TellingAs,
): Unsigned {
  const { format } = endpoint;
  if (format.byteEncoder === undefined || heard.as.form !== undefined) {
    return { frames: eventFrames(endpoint, heard, generation, encodeAs, as) };
  }
  const encoder = format.byteEncoder({ ...encodeAs, ...heard.as });
  const steps = generation.steps(as.tokensPerChunk, as.usage);
  const frames = steps.map(({ kind, events, tokens }): Frame => ({
    kind,
    text: latin1(encoder.encode(events)),
    tokens,
  }));
  return { frames, mediaType: encoder.mediaType };
}

function latin1(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
}

function* eventFrames<K extends Operation>(
  endpoint: AnyEndpoint<K>,
  heard: Heard<K>,
  generation: Generation<K>,
  encodeAs: EncodeAs,
  { usage, tokensPerChunk }: TellingAs,
): Iterable<Frame> {
  const encoder = endpoint.format.streamEncoder?.({ ...encodeAs, ...heard.as });
  if (encoder === undefined) return;
  for (const step of generation.steps(tokensPerChunk, usage)) {
    const text = encoder.encode(step.events);
    const begins = step.kind === 'start' && endpoint.start !== undefined;
    yield {
      kind: step.kind,
      text: begins ? editSse(text, (payload) => endpoint.start?.(payload, usage)) : text,
      tokens: step.tokens,
    };
  }
}
