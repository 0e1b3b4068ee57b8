import { listen, type CallOptions, type ChainEvent, type State } from '@inferway/core';

/** Writes down the events of calls that are made with its `options`. */
export class ToldEvents {
  readonly all: ChainEvent[] = [];

  /** Those of one type, in order. */
  of(type: string): readonly ChainEvent[] {
    return this.all.filter((event) => event.type === type);
  }

  options(given?: CallOptions): CallOptions {
    return {
      ...given,
      state: (state: State) => {
        listen(state, (event) => this.all.push(event));
        given?.state?.(state);
      },
    };
  }
}
