import type { Call } from '../../call.js';
import type { ClaimDesk, ClaimName } from './claim-desk.js';

// A renewal may fail twice before a lease ends.
const RENEWALS_A_LEASE = 4;

/** The claim of a call that runs: renewed until it is ended, which is once. */
export class HeldClaim {
  readonly name: ClaimName;
  readonly #desk: ClaimDesk;
  readonly #call: Call;
  #timer: unknown;
  #over = false;

  constructor(desk: ClaimDesk, call: Call, name: ClaimName) {
    this.#desk = desk;
    this.#call = call;
    this.name = name;
    this.#arm();
  }

  /** How the call ended, for repeats; undefined: as if it had never been. Settles when the store has it, or cannot take it. Never rejects. */
  async end(text: string | undefined): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#clock.clearTimer(this.#timer);
    if (text === undefined) await this.#desk.release(this.#call, this.name);
    else await this.#desk.finish(this.#call, this.name, text);
  }

  #arm(): void {
    const ms = this.#desk.settings.leaseMs / RENEWALS_A_LEASE;
    this.#timer = this.#clock.setTimer(() => void this.#renew(), ms);
    // What keeps a process alive is the call, not its claim.
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  async #renew(): Promise<void> {
    const isOurs = await this.#desk.renew(this.#call, this.name);
    if (isOurs && !this.#over) this.#arm();
  }

  get #clock(): Call['state']['runtime']['clock'] {
    return this.#call.state.runtime.clock;
  }
}
