import type { Frame } from '../http/frame.js';
import type { Fault } from './fault.js';
import { hasContent, inserted, strange } from './frames.js';

const MEGABYTE = 1024 * 1024;

/** Correct answers in unusual clothes: a client must read them all the same. */
export const TEXT_FAULTS: readonly Fault[] = [
  { id: 'F17', title: 'Usage chunk with `choices: null`', edit: nullChoices },
  { id: 'F20', title: 'CRLF line ends', text: (text) => text.replaceAll('\n', '\r\n') },
  {
    id: 'F21',
    title: 'CR and LF of a line end in different packets',
    text: (text) => text.replaceAll('\n', '\r\n'),
    packets: { bytes: 1, gapMs: 0 },
  },
  { id: 'F22', title: 'CR line ends, no space after `data:`', text: bareLines },
  { id: 'F23', title: 'Comments between all events', text: comments },
  { id: 'F24', title: '`data:` in several lines', text: manyLines },
  { id: 'F25', title: 'One byte a packet', packets: { bytes: 1, gapMs: 0 } },
  {
    id: 'F26',
    title: 'One comment of 8 MB',
    after: 1,
    frames: inserted(() => `: ${'x'.repeat(8 * MEGABYTE)}\n\n`),
  },
  {
    id: 'F27',
    title: 'A line of 128 MB without an end',
    after: 1,
    frames: function* endless(frames) {
      for (const frame of frames) {
        yield frame;
        if (hasContent(frame)) break;
      }
      yield strange('data: {"x":"');
      for (let sent = 0; sent < 128; sent++) yield strange('x'.repeat(MEGABYTE));
      yield { act: 'end' };
    },
  },
  {
    id: 'slow-trickle',
    title: 'Sixteen bytes every 20 ms',
    packets: { bytes: 16, gapMs: 20 },
  },
  {
    id: 'unknown-events',
    title: 'Events and fields that no client knows, between the others',
    frames: function* unknown(frames: Iterable<Frame>) {
      for (const frame of frames) {
        yield frame;
        if (hasContent(frame))
          yield strange('event: sim.unknown\ndata: {"type":"sim.unknown"}\n\n');
      }
    },
  },
];

function nullChoices(payload: Record<string, unknown>): void {
  const { choices } = payload;
  if (Array.isArray(choices) && choices.length === 0) payload['choices'] = null;
}

function bareLines(text: string): string {
  return text.replaceAll('data: ', 'data:').replaceAll('\n', '\r');
}

function comments(text: string): string {
  return text.replaceAll('\n\n', '\n\n: simulated keep-alive\n\n');
}

// Between the members of an object white space means nothing, so a line may end there.
function manyLines(text: string): string {
  return text.replaceAll(/^(data: \{)("\w+":)/gmu, '$1\ndata: $2');
}
