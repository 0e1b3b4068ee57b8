import type { JsonObject } from '@inferway/core';
import { embedding } from '../../../answer/embedding.js';
import type { SimulatedModel } from '../../../models.js';
import { countTokens } from '../../../text/tokenizer.js';
import type { ModelKind } from '../model-kind.js';
import { WorkError } from '../work.js';

const DIMENSIONS = 256;

/** Texts in, vectors out: `text` is one, `texts` a JSON list as text. */
export function embeddingModel(model: SimulatedModel): ModelKind {
  return {
    description: 'Embeds texts (simulated)',
    collection: 'embedding-models',
    fields: {
      text: { type: 'string', description: 'One text to embed' },
      texts: { type: 'string', description: 'A JSON list of texts to embed' },
    },
    output: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    price: { per: 'second', amount: 225_000 },
    pace: model.pace,
    work: (input) => ({
      shape: 'value',
      gives: 'json',
      steps: (function* embed() {
        const texts = textsOf(input);
        yield {
          tokens: 1,
          output: texts.map((text) => embedding(text, model.dimensions ?? DIMENSIONS)),
          usage: { inputTokens: texts.reduce((sum, text) => sum + countTokens(text), 0) },
        };
      })(),
    }),
  };
}

function textsOf(input: JsonObject): readonly string[] {
  const { text, texts } = input;
  if (typeof texts !== 'string') return [typeof text === 'string' ? text : ''];
  let list: unknown;
  try {
    list = JSON.parse(texts);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) throw new WorkError('texts must be a JSON list of strings');
  return list.map(String);
}
