import { isJsonObject, type ChatRequest, type JsonObject, type Message } from '@inferway/core';
import { chatAnswer } from '../../../answer/chat-answer.js';
import type { SimulatedModel } from '../../../models.js';
import { promptSegments } from '../../../usage/prompt-segments.js';
import type { ModelKind } from '../model-kind.js';
import type { InputFields } from '../input-schema.js';
import type { WorkPlace, WorkStep } from '../work.js';

const FIELDS: InputFields = {
  prompt: { type: 'string', default: '', description: 'What to answer' },
  system_prompt: { type: 'string', description: 'How to answer' },
  messages: { type: 'array', description: 'A conversation, in place of the prompt' },
  max_tokens: { type: 'integer', minimum: 1, description: 'Most tokens of the answer' },
  temperature: { type: 'number', minimum: 0, maximum: 5, description: 'How freely' },
  top_p: { type: 'number', minimum: 0, maximum: 1, description: 'How much to choose from' },
  top_k: { type: 'integer', minimum: 0, description: 'How many to choose from' },
  presence_penalty: { type: 'number', description: 'Against subjects that came up' },
  frequency_penalty: { type: 'number', description: 'Against words that came up' },
  stop_sequences: { type: 'string', description: 'Where to stop, separated by commas' },
  seed: { type: 'integer', description: 'For the same answer again' },
  image: { type: 'file', description: 'A picture to look at' },
};

/** Answers a prompt, one output a token. */
export function languageModel(model: SimulatedModel): ModelKind {
  return {
    description: 'Answers in words (simulated)',
    collection: 'language-models',
    fields: FIELDS,
    output: {
      type: 'array',
      items: { type: 'string' },
      'x-cog-array-type': 'iterator',
      'x-cog-array-display': 'concatenate',
    },
    price: { per: 'token', prices: model.prices },
    pace: model.pace,
    work(input, place) {
      const request = requestOf(input);
      const inputTokens = promptSegments(request).reduce((sum, { tokens }) => sum + tokens, 0);
      return {
        shape: 'list',
        gives: 'text',
        steps: answer(request, inputTokens, model, place),
        metrics: (usage) => ({
          input_token_count: inputTokens,
          output_token_count: usage.outputTokens ?? 0,
        }),
      };
    },
  };
}

function* answer(
  request: ChatRequest,
  inputTokens: number,
  model: SimulatedModel,
  place: WorkPlace,
): Iterable<WorkStep> {
  const { choices } = chatAnswer(
    request,
    {
      reasons: model.reasons ?? false,
      reasoning: model.showsReasoning === true ? 'shown' : 'hidden',
      maxOutputTokens: model.maxOutputTokens ?? 32_000,
      callPrefix: '',
    },
    place.random,
  );
  let outputTokens = 0;
  for (const part of choices[0].parts) {
    const shown = part.type === 'text' || (part.type === 'reasoning' && !part.hidden);
    // Models that show their reasoning write it into the answer, between tags.
    if (part.type === 'reasoning' && shown) yield { tokens: 0, output: '<think>\n' };
    for (const token of part.tokens) {
      const usage = { inputTokens, outputTokens: ++outputTokens };
      yield { tokens: 1, usage, ...(shown ? { output: token } : {}) };
    }
    if (part.type === 'reasoning' && shown) yield { tokens: 0, output: '\n</think>\n\n' };
  }
}

function requestOf(input: JsonObject): ChatRequest {
  const {
    system_prompt: system,
    messages,
    prompt,
    max_tokens: limit,
    stop_sequences: stop,
  } = input;
  const turns = Array.isArray(messages) ? messages.filter(isJsonObject) : [];
  const conversation =
    turns.length > 0
      ? turns.map((turn): Message => message(turn['role'], textOf(turn['content'])))
      : [message('user', String(prompt ?? ''))];
  return {
    messages: [
      ...(typeof system === 'string' && system !== '' ? [message('system', system)] : []),
      ...conversation,
    ],
    ...(typeof limit === 'number' ? { maxOutputTokens: limit } : {}),
    ...(typeof stop === 'string' && stop !== '' ? { stop: stop.split(',') } : {}),
    ...(typeof input['seed'] === 'number' ? { seed: input['seed'] } : {}),
  };
}

function message(role: unknown, text: string): Message {
  const content = [{ type: 'text' as const, text }];
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', content };
    case 'assistant':
      return { role: 'assistant', content };
    default:
      return { role: 'user', content };
  }
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return String(content ?? '');
  return content
    .filter(isJsonObject)
    .map((part) => String(part['text'] ?? ''))
    .join('\n');
}
