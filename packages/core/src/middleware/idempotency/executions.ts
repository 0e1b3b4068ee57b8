import { observeAttempts, type AttemptObserver } from '../../attempt-observer.js';
import type { InferwayError } from '../../error.js';
import type { Outcome } from '../../outcome.js';
import type { AnyReply } from '../../reply.js';
import type { State } from '../../state.js';
import { mayHaveRun } from './may-have-run.js';

/** Whether one of a call's attempts may have been executed. */
export class Executions implements AttemptObserver {
  #open = 0;
  #ran = false;

  constructor(state: State) {
    observeAttempts(state, () => {
      this.#open++;
      return this;
    });
  }

  over({ error }: Outcome, reply: AnyReply | undefined): void {
    this.#open--;
    this.#ran ||= reply !== undefined || error === undefined || mayHaveRun(error);
  }

  /** @param error What the call failed with: of a call that joined another one, all that is known of the attempt. */
  any(error: InferwayError): boolean {
    return this.#ran || this.#open > 0 || (error.provider !== undefined && mayHaveRun(error));
  }
}
