/** One way to call a chat model, measured by the benchmark. Each resolves to the length of the answer's text, which proves that it was read. */
export interface Subject {
  readonly name: string;
  unary(): Promise<number>;
  stream(model: string): Promise<number>;
}

/** A subject's module exports this: it makes the subject for an OpenAI-speaking upstream whose paths begin at `baseUrl` (…/v1). */
export type SubjectFactory = (baseUrl: string) => Subject | Promise<Subject>;

/** The conversation that every subject sends. */
export const MESSAGES = [
  { role: 'system', content: 'You are a benchmark.' },
  { role: 'user', content: 'Say something about foxes and dogs, in one or two sentences.' },
] as const;
