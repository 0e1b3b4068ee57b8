import type { ChatRequest, JsonObject } from '@inferway/core';
import type { JsonBody } from '../json-body.js';
import type { EncodeContext } from './encode-context.js';

/** `output_config`: the effort, and the schema that the answer's text must fit. */
export function encodeOutput(
  body: JsonBody,
  { output }: ChatRequest,
  effort: string | undefined,
  context: EncodeContext,
): void {
  const config: JsonBody = {};
  if (effort !== undefined) config.effort = effort;
  if (output?.type === 'json-schema') {
    if (context.rules.structuredOutput === false) tellSchema(body, output.schema, context);
    else {
      const schema = context.schema(output.schema, 'output.schema');
      config.format = { type: 'json_schema', schema };
    }
  } else if (output?.type === 'json') {
    context.warn(
      'unsupported',
      'output',
      'Anthropic Messages has no JSON mode without a schema: give a schema, or ask for JSON in the prompt.',
    );
  }
  if (config.effort !== undefined || config.format !== undefined) body.output_config = config;
}

/** Models without structured output are told the schema; whoever reads the answer checks it. */
function tellSchema(body: JsonBody, schema: JsonObject, context: EncodeContext): void {
  const text = `Answer with nothing but JSON that fits this JSON Schema, without Markdown fences:\n${JSON.stringify(schema)}`;
  const { system } = body;
  body.system =
    system === undefined
      ? text
      : Array.isArray(system)
        ? [...system, { type: 'text', text }]
        : `${String(system)}\n\n${text}`;
  context.warn(
    'changed',
    'output',
    'The model has no structured output: it is asked for the schema in the system prompt, and may not keep to it.',
  );
}
