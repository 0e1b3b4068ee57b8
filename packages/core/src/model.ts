import { InferwayError } from './error.js';

/** What a call is to reach: a provider by its name in the client, and the model's id as that provider writes it. */
export interface Model {
  readonly provider: string;
  readonly id: string;
}

// Ids travel in URLs of some providers: a dot segment, an escape, a query, a fragment or a control character there
// would reach another route with the caller's credential (reference S14).
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\?#%]/u;
// Almost every id there is. No segment begins with a dot, so none can be "." or "..".
const PLAIN = /^[\w:@+-][\w.:@+-]*(?:\/[\w:@+-][\w.:@+-]*)*$/u;

// Most calls name the model that the one before them named.
let lastName: string | undefined;
let lastModel: Model;

/**
 * Reads `provider/model-id`. The provider is all before the first slash; the id may hold further slashes.
 *
 * @throws {InferwayError} `invalid_request` naming the id and the cure.
 */
export function parseModel(model: string | Model): Model {
  if (typeof model !== 'string') {
    if (typeof model?.provider !== 'string' || typeof model.id !== 'string') {
      throw new InferwayError('invalid_request', {
        message: 'The model is missing. Write "provider/model-id", or { provider, id }.',
        param: 'model',
      });
    }
    checkModelId(model.id);
    return model;
  }
  if (model !== lastName) {
    const slash = model.indexOf('/');
    if (slash <= 0 || slash === model.length - 1) {
      throw new InferwayError('invalid_request', {
        message: `The model ${quote(model)} is not of the form "provider/model-id". Write, for example, "openai/gpt-5".`,
        param: 'model',
      });
    }
    const id = model.slice(slash + 1);
    checkModelId(id);
    lastModel = { provider: model.slice(0, slash), id };
    lastName = model;
  }
  // An object of its own for each call: one that a middleware wrote in must not be where the next call goes.
  return { ...lastModel };
}

/** `provider/id`, the form that `parseModel` reads. */
export function formatModel(model: Model): string {
  return `${model.provider}/${model.id}`;
}

function checkModelId(id: string): void {
  if (PLAIN.test(id)) return;
  // Full-width dots and slashes become plain ones on some way to the provider.
  const normal = id.normalize('NFKC');
  const bad =
    FORBIDDEN.test(normal) ||
    normal.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (bad) {
    throw new InferwayError('invalid_request', {
      message: `The model id ${quote(id)} holds an empty or dot segment or a character that no model id has ("\\", "?", "#", "%", controls). Use the id as the provider lists it.`,
      param: 'model',
    });
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
