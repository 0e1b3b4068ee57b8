import { isJsonObject, type JsonObject } from '@inferway/core';
import type { HttpAnswer } from '../../http/exchange.js';
import type { Problem } from '../voice.js';
import { isGenuine } from './encrypted-content.js';
import { isStored, requiredReasoning } from './item-ids.js';

/** Parameters of Chat Completions, and where they have moved to. */
const MOVED: Readonly<Record<string, string | undefined>> = {
  messages: 'input',
  response_format: 'text.format',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  reasoning_effort: 'reasoning.effort',
};
const UNKNOWN = ['stop', 'seed', 'n', 'logit_bias', 'logprobs', 'presence_penalty', 'top_k'];

/** The first rule of the Responses API that a request breaks; undefined where it breaks none. */
export function brokenResponsesRule(body: unknown, seed: number): Problem | undefined {
  if (!isJsonObject(body)) return undefined;
  return brokenParameter(body) ?? brokenState(body) ?? brokenItems(body['input'], seed);
}

function brokenParameter(body: JsonObject): Problem | undefined {
  for (const [name, moved] of Object.entries(MOVED)) {
    if (body[name] === undefined) continue;
    return broken(
      `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${moved}'.`,
      name,
      'unsupported_parameter',
    );
  }
  const most = body['max_output_tokens'];
  if (typeof most === 'number' && most < 16) {
    return broken(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${most} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  }
  const unknown = UNKNOWN.find((name) => body[name] !== undefined);
  return unknown === undefined
    ? undefined
    : broken(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
}

/** The simulator keeps no answer, so that there is nothing to go on from: of items that were to be stored it knows the ids alone. */
function brokenState(body: JsonObject): Problem | undefined {
  const { previous_response_id: previous, background } = body;
  if (typeof previous === 'string') {
    return broken(
      `Previous response with id '${previous}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    );
  }
  return background === true
    ? broken('The simulator has no background mode.', 'background')
    : undefined;
}

function brokenItems(input: unknown, seed: number): Problem | undefined {
  if (!Array.isArray(input)) return undefined;
  const waiting = new Set<string>();
  for (const [number, item] of input.entries()) {
    if (!isJsonObject(item)) continue;
    const missing = missingReasoning(item, input);
    if (missing !== undefined) return missing;
    const id = String(item['call_id']);
    switch (item['type']) {
      case 'function_call':
        waiting.add(id);
        break;
      case 'function_call_output':
        if (!waiting.delete(id)) {
          return broken(`No tool call found for function call output with call_id ${id}.`, 'input');
        }
        break;
      case 'item_reference':
        if (!isStored(item['id'])) return unknownItem(item);
        break;
      case 'reasoning': {
        const problem = brokenReasoning(item, input[number + 1], seed);
        if (problem !== undefined) return problem;
      }
    }
  }
  const [open] = waiting;
  return open === undefined
    ? undefined
    : broken(`No tool output found for function call ${open}.`, 'input');
}

/** An item that goes back by its id wants the reasoning that led to it. */
function missingReasoning(item: JsonObject, input: readonly unknown[]): Problem | undefined {
  const { id, type } = item;
  const required = requiredReasoning(id);
  if (required === undefined) return undefined;
  return input.some((other) => isJsonObject(other) && other['id'] === required)
    ? undefined
    : broken(
        `Item '${String(id)}' of type '${String(type)}' was provided without its required 'reasoning' item: '${required}'.`,
        'input',
      );
}

function brokenReasoning(item: JsonObject, next: unknown, seed: number): Problem | undefined {
  const content = item['encrypted_content'];
  if (typeof content !== 'string' && !isStored(item['id'])) return unknownItem(item);
  if (typeof content === 'string' && !isGenuine(content, seed)) {
    return broken(
      `The encrypted content ${content.slice(0, 4)}...${content.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      null,
      'invalid_encrypted_content',
    );
  }
  const follows = isJsonObject(next) && next['role'] !== 'user' && next['role'] !== 'system';
  return follows
    ? undefined
    : broken(
        `Item '${String(item['id'])}' of type 'reasoning' was provided without its required following item.`,
        'input',
      );
}

function unknownItem(item: JsonObject): Problem {
  const message = `Item with id '${String(item['id'])}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
  return refused(404, message, 'input', null);
}

function broken(message: string, param: string | null, code: string | null = null): Problem {
  return refused(400, message, param, code);
}

function refused(
  status: number,
  message: string,
  param: string | null,
  code: string | null,
): Problem {
  const error = { message, type: 'invalid_request_error', param, code };
  const answer: HttpAnswer = { status, body: { error } };
  return { kind: 'refused', answer };
}
