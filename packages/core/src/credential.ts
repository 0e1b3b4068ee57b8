/** A secret and the label by which logs may name it. Printing, logging or serialising it shows the label only. */
export class Credential {
  /** Names the credential without giving it away: `env:OPENAI_API_KEY`, `pool#2`. */
  readonly id: string;
  readonly #secret: string;

  constructor(secret: string, id: string) {
    this.#secret = secret;
    this.id = id;
    // Node's console prints by this symbol; hidden so that it is no part of the type.
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => this.toJSON(),
    });
  }

  /** The secret itself, for the one header that needs it. */
  reveal(): string {
    return this.#secret;
  }

  toJSON(): string {
    return `[credential ${this.id}]`;
  }

  toString(): string {
    return this.toJSON();
  }
}
