/** How the upstream answers, said in the model's name so that any client can ask for it. */
export interface Behaviour {
  /** 0: unary. */
  readonly events: number;
  /** True: one event a write, a millisecond apart; false: the whole stream in one write. */
  readonly paced: boolean;
}

/** `bench`, `bench-500-whole`, `bench-100-paced`. */
export function modelName(behaviour: Behaviour): string {
  if (behaviour.events === 0) return 'bench';
  return `bench-${behaviour.events}-${behaviour.paced ? 'paced' : 'whole'}`;
}

export function behaviourOf(model: string): Behaviour {
  const match = /bench-(\d+)-(paced|whole)/u.exec(model);
  return match === null
    ? { events: 0, paced: false }
    : { events: Number(match[1]), paced: match[2] === 'paced' };
}
