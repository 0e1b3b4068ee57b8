import {
  foldChat,
  InferwayError,
  type ChatEvent,
  type ChatResult,
  type Usage,
} from '@inferway/core';
import {
  anthropicMessages,
  SseParser,
  type AnthropicDialect,
  type DecodeSource,
  type EncodeTarget,
  type SseMessage,
} from '../src/index.js';
import { readRecording, recordings } from './recordings.js';

const FOLDER = 'ai-sdk/anthropic';

export function recordingNames(ending: string): string[] {
  return recordings(FOLDER, ending).map((path) => path.slice(FOLDER.length + 1));
}

export function recording(name: string): string {
  return readRecording(`${FOLDER}/${name}`);
}

/** The payloads of a stream's recording, one a line. */
export function recordedEvents(name: string): Record<string, unknown>[] {
  return recording(name)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A recording of payloads in the API's framing. */
export function framed(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`)
    .join('');
}

export interface Decoding {
  readonly events: ChatEvent[];
  readonly result: ChatResult;
  readonly usage: Usage | undefined;
  readonly error: InferwayError | undefined;
  readonly done: boolean;
}

export const source: DecodeSource<AnthropicDialect> = {
  fail: (body) =>
    new InferwayError('overloaded', { message: 'in band', body: JSON.stringify(body) }),
  warn: (warning) => {
    throw new Error(`unexpected warning: ${warning.message}`);
  },
};

export function target(
  more?: Partial<EncodeTarget<AnthropicDialect>>,
): EncodeTarget<AnthropicDialect> & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    model: 'claude-x',
    stream: false,
    provider: 'anthropic',
    warn: (warning) => warnings.push(warning.setting ?? ''),
    warnings,
    ...more,
  };
}

/** Decodes wire text given in these reads. */
export function decodeReads(reads: readonly Uint8Array[]): Decoding {
  const parser = new SseParser();
  const messages: SseMessage[] = [];
  for (const read of reads) parser.push(read, (message) => messages.push(message));
  parser.end((message) => messages.push(message));
  return decodeMessages(messages);
}

export function decodeText(text: string): Decoding {
  return decodeReads([new TextEncoder().encode(text)]);
}

export function decodeMessages(messages: readonly SseMessage[]): Decoding {
  const decoder = anthropicMessages.streamDecoder(source);
  const events: ChatEvent[] = [];
  let error: InferwayError | undefined;
  try {
    for (const message of messages) decoder.message(message, events);
    decoder.end(events);
  } catch (reason) {
    error = InferwayError.from(reason);
  }
  const fold = foldChat();
  for (const event of events) fold.add(event);
  return { events, result: fold.result(), usage: decoder.usage, error, done: decoder.done };
}

/** Encodes events as the gateway would. */
export function encodeEvents(events: readonly ChatEvent[]): string {
  const encoder = anthropicMessages.streamEncoder({ id: 'msg_test', model: 'shown', created: 0 });
  return encoder.encode(events);
}
