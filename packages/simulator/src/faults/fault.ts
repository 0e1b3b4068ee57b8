import type { Frame, FrameOrAct } from '../http/frame.js';
import type { HttpAnswer } from '../http/exchange.js';
import type { Voice } from '../protocols/voice.js';

/** What a fault knows of the answer that it is done to. */
export interface FaultContext {
  readonly stream: boolean;
  /** How many pieces with content pass before it happens. */
  readonly after: number;
  readonly voice: Voice;
  readonly requestId: string;
}

/** One way in which a provider fails. All members but the first three are optional; a fault does what it has. */
export interface Fault {
  /** The number in the catalogue (`F05`), or a name for those without. Letters, digits and hyphens. */
  readonly id: string;
  /** One line for the table of faults. */
  readonly title: string;
  /** How many pieces with content pass before it happens, where nobody says. */
  readonly after?: number | undefined;
  /** What is answered in the model's place: nothing is generated or billed. `hang`: nothing ever; `reset`: a RST. */
  readonly replace?: ((context: FaultContext) => HttpAnswer | 'hang' | 'reset') | undefined;
  /** A stream is asked for and a plain body is sent. */
  readonly unasked?: 'unary' | undefined;
  /** Changes each JSON object on its way out. */
  readonly edit?: ((payload: Record<string, unknown>) => void) | undefined;
  /** Changes what is sent, piece by piece. */
  readonly frames?:
    | ((frames: Iterable<Frame>, context: FaultContext) => Iterable<FrameOrAct>)
    | undefined;
  /** A unary answer announces its whole length and is cut before it. */
  readonly announced?: boolean | undefined;
  /** Changes the text of a stream after everything else. */
  readonly text?: ((text: string) => string) | undefined;
  /** Bytes of a packet and milliseconds between packets. */
  readonly packets?: { readonly bytes: number; readonly gapMs: number } | undefined;
  /** The work fails with this text after `after` pieces, in protocols that run it as a job. */
  readonly jobError?: string | undefined;
  /** Headers beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
