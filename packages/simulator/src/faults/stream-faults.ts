import type { Frame, FrameOrAct } from '../http/frame.js';
import type { Fault, FaultContext } from './fault.js';
import { hasContent, head, inserted, strange, thenAct } from './frames.js';

/** Answers that end before they are over, fall silent, or say in the middle that they failed. */
export const STREAM_FAULTS: readonly Fault[] = [
  {
    id: 'F01',
    title: 'Clean end of the body without finish reason or terminator',
    after: 2,
    frames: thenAct({ act: 'end' }),
  },
  {
    id: 'F02',
    title: 'Terminator sent, finish reason never set',
    edit: withoutFinish,
  },
  {
    id: 'F03',
    title: 'Clean end inside the arguments of a tool call',
    after: 1,
    frames: cutInArguments,
  },
  {
    id: 'F04',
    title: 'FIN before the last chunk (stream) or before the announced length (unary)',
    after: 2,
    announced: true,
    frames: thenAct({ act: 'fin' }),
  },
  {
    id: 'F05',
    title: 'RST in the middle of the body',
    after: 2,
    announced: true,
    frames: thenAct({ act: 'reset' }),
  },
  {
    id: 'F06',
    title: 'Error object as `data:` in the middle of a 200 stream',
    after: 2,
    frames: failed((context) => `data: ${errorBody(context)}\n\n`),
  },
  {
    id: 'F07',
    title: '`event: error` in the middle of a 200 stream',
    after: 2,
    frames: failed((context) => `event: error\ndata: ${errorBody(context)}\n\n`),
  },
  {
    id: 'F08',
    title: 'Overloaded error as the first event of a 200 stream',
    after: 0,
    frames: function* overloaded(_frames, { voice, requestId }) {
      yield strange(voice.streamError({ kind: 'overloaded' }, requestId));
      yield { act: 'end' };
    },
  },
  {
    id: 'F09',
    title: 'Malformed JSON in one event',
    after: 2,
    frames: inserted(() => 'data: {"choices":[{"delta":{"content":"brok\n\n'),
  },
  {
    id: 'F14',
    title: 'Terminator sent, connection stays open',
    frames: function* open(frames) {
      yield* frames;
      yield { act: 'hang' };
    },
  },
  {
    id: 'F15',
    title: 'Events after the terminator',
    frames: function* tail(frames) {
      let sample: Frame | undefined;
      for (const frame of frames) {
        if (hasContent(frame)) sample ??= frame;
        yield frame;
      }
      if (sample !== undefined) yield strange(sample.text);
      yield strange('data: {"after":"the end"}\n\n');
    },
  },
  { id: 'F16', title: 'No usage at all', edit: withoutUsage },
  {
    id: 'F34',
    title: 'Silence after two pieces of the answer',
    after: 2,
    frames: thenAct({ act: 'hang' }),
  },
  {
    id: 'F35',
    title: 'Keep-alive messages for ever, no content',
    after: 0,
    frames: function* pings(frames, context) {
      yield* head(frames, context.after);
      yield { act: 'repeat', text: context.voice.ping, everyMs: 50 };
    },
  },
  {
    id: 'quota-in-stream',
    title: 'Quota exhausted, told in a 200 stream before any content',
    after: 0,
    frames: function* exhausted(_frames, { voice, requestId }) {
      yield strange(voice.streamError({ kind: 'quota' }, requestId));
      yield { act: 'end' };
    },
  },
  {
    id: 'rst-mid-event',
    title: 'RST in the middle of an event',
    after: 2,
    frames: function* torn(frames, context) {
      let passed = 0;
      for (const frame of frames) {
        if (hasContent(frame) && passed++ === context.after) {
          yield strange(frame.text.slice(0, Math.ceil(frame.text.length / 2)));
          break;
        }
        yield frame;
      }
      yield { act: 'reset' };
    },
  },
];

function failed(
  text: (context: FaultContext) => string,
): (frames: Iterable<Frame>, context: FaultContext) => Iterable<FrameOrAct> {
  return function* fail(frames, context) {
    yield* head(frames, context.after);
    yield strange(text(context));
    yield { act: 'end' };
  };
}

function errorBody({ voice, requestId }: FaultContext): string {
  const { body } = voice.refuse({ kind: 'server' }, requestId);
  return JSON.stringify(body);
}

/** Ends after `after` pieces of a tool call, always before its last one; without a tool call as `F01`. */
function* cutInArguments(frames: Iterable<Frame>, context: FaultContext): Iterable<FrameOrAct> {
  let held: Frame | undefined;
  let passed = 0;
  for (const frame of frames) {
    if (frame.kind === 'finish' || frame.kind === 'end') break;
    if (frame.kind !== 'tool') {
      yield frame;
      continue;
    }
    if (held !== undefined) yield held;
    held = frame;
    if (passed++ > context.after) break;
  }
  yield { act: 'end' };
}

function withoutFinish(payload: Record<string, unknown>): void {
  replaceDeep(payload, 'finish_reason', null);
  replaceDeep(payload, 'stop_reason', null);
}

function withoutUsage(payload: Record<string, unknown>): void {
  deleteDeep(payload, 'usage');
}

function replaceDeep(value: unknown, key: string, by: unknown): void {
  walk(value, (object) => {
    if (key in object) object[key] = by;
  });
}

function deleteDeep(value: unknown, key: string): void {
  walk(value, (object) => {
    delete object[key];
  });
}

function walk(value: unknown, visit: (object: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const entry of value) walk(entry, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Record<string, unknown>);
    for (const entry of Object.values(value)) walk(entry, visit);
  }
}
