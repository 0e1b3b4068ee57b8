import type { Frame } from '../http/frame.js';

/** An answer as wire text, before it has an id: a unary body, or the frames of a stream. */
export interface Told {
  readonly frames: Iterable<Frame>;
  /** The text of all frames; absent where the answer is so long that they are made while they are sent. */
  readonly text?: string | undefined;
  readonly created: number;
  /** Of a file, whose bytes the text stands for one by one (Latin-1); absent where it is text. */
  readonly mediaType?: string | undefined;
}
