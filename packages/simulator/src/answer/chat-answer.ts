import type { ChatRequest, FinishReason, FunctionTool } from '@inferway/core';
import { instanceOf } from '../schema/instance.js';
import { hashText, type SeededRandom } from '../seeded-random.js';
import { plainWords } from '../text/echo.js';
import { promptText, type PromptText } from '../text/prompt-text.js';
import { schemaInText } from '../schema/schema-in-text.js';
import { countTokens, tokenize } from '../text/tokenizer.js';
import type { SimulatedAnswer, SimulatedChoice, SimulatedPart } from './answer.js';
import { fit } from './fit.js';
import { proseAnswer } from './prose-answer.js';
import { reasoningTokens } from './reasoning.js';
import { toolWish } from './tool-wish.js';

/** What the model is, as far as its answers go. */
export interface ChatTraits {
  /** Thinks unless told not to. */
  readonly reasons: boolean;
  /** Whether its reasoning is shown or only counted. */
  readonly reasoning: 'shown' | 'hidden';
  readonly maxOutputTokens: number;
  /** What the ids of tool calls begin with. */
  readonly callPrefix: string;
}

/**
 * What the simulated model answers. Depends on nothing but its arguments.
 *
 * @throws {InferwayError} `invalid_request` for a schema that no value fits or a tool choice that names no tool.
 */
export function chatAnswer(
  request: ChatRequest,
  traits: ChatTraits,
  random: SeededRandom,
): SimulatedAnswer {
  const prompt = promptText(request);
  const count = Math.max(1, request.choices ?? 1);
  const choice = (number: number): SimulatedChoice =>
    oneChoice(request, prompt, traits, number === 0 ? random : random.fork(`choice ${number}`));
  const choices: [SimulatedChoice, ...SimulatedChoice[]] = [choice(0)];
  for (let number = 1; number < count; number++) choices.push(choice(number));
  let output = 0;
  let thought = 0;
  for (const part of choices.flatMap((one) => one.parts)) {
    const size = part.tokens.length + (part.type === 'tool-call' ? countTokens(part.name) : 0);
    output += size;
    if (part.type === 'reasoning') thought += size;
  }
  return { choices, outputTokens: output, reasoningTokens: thought };
}

function oneChoice(
  request: ChatRequest,
  prompt: PromptText,
  traits: ChatTraits,
  random: SeededRandom,
): SimulatedChoice {
  const parts: SimulatedPart[] = [];
  const thoughts = reasoningTokens(request, traits, random.fork('reasoning'));
  if (thoughts.length > 0) {
    parts.push({ type: 'reasoning', tokens: thoughts, hidden: traits.reasoning === 'hidden' });
  }
  const tools = toolWish(request, prompt);
  let finishReason: FinishReason = { unified: 'stop' };
  if (tools.length > 0) {
    finishReason = { unified: 'tool-calls' };
    tools.forEach((tool, index) => {
      parts.push(toolCall(tool, traits.callPrefix, prompt, random.fork(`call ${index}`)));
    });
  } else {
    parts.push({ type: 'text', tokens: tokenize(visibleText(request, prompt, random)) });
  }
  const limit = Math.min(request.maxOutputTokens ?? Infinity, traits.maxOutputTokens);
  return fit({ parts, finishReason }, limit, request.stop ?? []);
}

function visibleText(request: ChatRequest, prompt: PromptText, random: SeededRandom): string {
  const output = request.output ?? { type: 'text' };
  switch (output.type) {
    case 'json-schema':
      return JSON.stringify(instanceOf(output.schema, hints(prompt), random.fork('output')));
    case 'json': {
      const told = schemaInText(prompt.whole);
      if (told !== undefined) {
        return JSON.stringify(instanceOf(told, hints(prompt), random.fork('output')));
      }
      return JSON.stringify({ simulated: true, answer: plainWords(prompt.question, 12).join(' ') });
    }
    case 'text':
      return proseAnswer(prompt, random.fork('prose'));
  }
}

function toolCall(
  tool: FunctionTool,
  prefix: string,
  prompt: PromptText,
  random: SeededRandom,
): SimulatedPart {
  const schema = { ...tool.parameters };
  // Arguments are an object in every protocol, also where the schema leaves the type open.
  if (schema['type'] === undefined) schema['type'] = 'object';
  const value = instanceOf(schema, hints(prompt), random);
  const id = hashText(tool.name, random.seed).toString(36).padStart(7, '0');
  return {
    type: 'tool-call',
    id: `${prefix}sim${id}${random.int(0, 0xfffff).toString(36).padStart(4, '0')}`,
    name: tool.name,
    tokens: tokenize(JSON.stringify(value)),
  };
}

/** Words of the question that free strings may take: names and the longer words first of all. */
function hints(prompt: PromptText): readonly string[] {
  const words = plainWords(prompt.question, 60).filter((word) => /^[\p{L}\p{N}_-]+$/u.test(word));
  const capitals = words.slice(1).filter((word) => /^\p{Lu}/u.test(word));
  const chosen = capitals.length > 0 ? capitals : words.filter((word) => word.length > 3);
  return [...new Set(chosen.length > 0 ? chosen : words)].slice(0, 12);
}
