import type { ChatResult } from '../operations/chat.js';
import { messageText } from '../operations/message-text.js';
import { isStandardSchema, type StandardSchema } from '../operations/standard-schema.js';
import { badOption } from '../option-checks.js';
import { guardHook, type GuardHook } from './guard-hook.js';
import type { AfterVerdict } from './verdict.js';

// A list of a thousand mistakes helps a model no more than the first few.
const MOST_ISSUES = 10;

/**
 * Checks that a chat's answer is JSON that fits a schema; the model is told what does not fit and asked again, as often as the guard's `maxAsks`
 * allows. An answer that stopped for another reason than being done (its length, a tool call) is left to its finish reason.
 *
 * @param schema Of zod, valibot, arktype: whatever speaks Standard Schema. It must check only, since the answer stays the model's text.
 */
export function outputSchema(schema: StandardSchema, name = 'output-schema'): GuardHook {
  if (!isStandardSchema(schema)) {
    throw badOption(
      'schema',
      'outputSchema: not a Standard Schema. Give one of zod, valibot or arktype.',
    );
  }
  return guardHook('chat', { name, after: (result) => judge(schema, result) });
}

async function judge(schema: StandardSchema, result: ChatResult): Promise<AfterVerdict<'chat'>> {
  const { unified } = result.finishReason;
  if (unified !== 'stop' && unified !== 'unknown') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(messageText(result.message));
  } catch {
    return again('The answer is not JSON.', 'It is not valid JSON.');
  }
  const checked = await schema['~standard'].validate(value);
  if (checked.issues === undefined) return undefined;
  const issues = checked.issues.slice(0, MOST_ISSUES).map(({ path, message }) => {
    const keys = (path ?? []).map((key) => String(typeof key === 'object' ? key.key : key));
    return { where: keys.length === 0 ? 'the whole' : keys.join('.'), message };
  });
  return again(
    `The answer does not fit the schema at ${issues.map(({ where }) => where).join(', ')}.`,
    issues.map(({ where, message }) => `- ${where}: ${message}`).join('\n'),
  );
}

function again(reason: string, issues: string): AfterVerdict<'chat'> {
  return {
    verdict: 'ask-again',
    reason: `${reason} Ask a model with structured output, or loosen the schema.`,
    message: `Your answer does not have the form that was asked for:\n${issues}\nAnswer again, with the corrected JSON alone.`,
  };
}
