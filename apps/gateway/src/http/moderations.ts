import type { JsonObject } from '@inferway/core';
import { checkBody } from '@inferway/wire';
import type { ServedFormat } from './surface.js';

/** `POST /v1/moderations`: passed on as it is, to the provider that the model names. */
export const moderations: ServedFormat<'raw'> = {
  decodeRequest(body) {
    const fields = checkBody(body);
    const model = fields.requiredString('model');
    if (model === '') fields.refuse('model', 'must name a model.');
    if (!fields.has('input')) fields.refuse('input', 'is missing; give what is to be judged.');
    // The model's name is that of the provider again once the call is on its way.
    const json = fields.rest(new Set(['model'])) ?? {};
    return { model, stream: false, request: { path: 'moderations', json }, as: {} };
  },
  encodeResponse: ({ result }) => (result.json ?? {}) as JsonObject,
};
