import type { Act, Frame, FrameOrAct } from '../http/frame.js';
import type { FaultContext } from './fault.js';

/** True for pieces that hold some of the answer itself. */
export function hasContent(frame: Frame): boolean {
  return (
    frame.text !== '' &&
    (frame.kind === 'text' || frame.kind === 'tool' || frame.kind === 'thought')
  );
}

/** Lets the first pieces with content through, then does something and sends nothing more. */
export function thenAct(
  act: Act,
): (frames: Iterable<Frame>, context: FaultContext) => Iterable<FrameOrAct> {
  return function* cut(frames, context) {
    yield* head(frames, context.after);
    yield act;
  };
}

/** The pieces up to and including the `count`-th with content; never the end of the answer. */
export function* head(frames: Iterable<Frame>, count: number): Iterable<Frame> {
  let passed = 0;
  for (const frame of frames) {
    if (frame.kind === 'finish' || frame.kind === 'end' || (hasContent(frame) && passed >= count)) {
      return;
    }
    if (hasContent(frame)) passed++;
    yield frame;
  }
}

/** A piece that no model generated. */
export function strange(text: string): Frame {
  return { kind: 'start', text, tokens: 0 };
}

/** Puts something strange between the pieces, after the first `after` with content. */
export function inserted(
  text: (context: FaultContext) => string,
): (frames: Iterable<Frame>, context: FaultContext) => Iterable<FrameOrAct> {
  return function* insert(frames, context) {
    let passed = 0;
    for (const frame of frames) {
      if (passed === context.after) yield strange(text(context));
      if (hasContent(frame) || passed === context.after) passed++;
      yield frame;
    }
  };
}
