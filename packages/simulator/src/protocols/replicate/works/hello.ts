import type { ModelKind } from '../model-kind.js';

/** The smallest of models: a greeting. */
export const helloModel: ModelKind = {
  description: 'Says hello (simulated)',
  collection: 'tools',
  fields: { text: { type: 'string', required: true, description: 'Whom to greet' } },
  output: { type: 'string', title: 'Output' },
  price: { per: 'second', amount: 100_000 },
  work: (input) => ({
    shape: 'value',
    gives: 'text',
    steps: [{ tokens: 1, output: `hello ${String(input['text'])}`, log: 'Greeting\n' }],
  }),
};
