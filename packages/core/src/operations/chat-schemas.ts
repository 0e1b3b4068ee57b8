import { InferwayError } from '../error.js';
import type { JsonObject } from '../json.js';
import type { Prepared } from '../traits.js';
import type { ChatResult } from './chat.js';
import type { ChatInput, OutputInput, SchemaOutput, ToolInput } from './chat-input.js';
import type { ChatRequest } from './chat-request.js';
import type { Message } from './messages.js';
import type { OutputFormat } from './output.js';
import { isStandardSchema, type StandardSchema } from './standard-schema.js';
import type { Tool } from './tools.js';

/**
 * Turns the schemas of tools and output into JSON Schema for the way out, and parses and checks the answer with them on the way back.
 *
 * @param textOf Handed in, so that what is loaded on first use and what is always there share no third part.
 */
export function prepareSchemas(
  input: ChatInput & Pick<ChatRequest, 'reasoning'>,
  textOf: (message: Message) => string,
): Prepared<'chat'> {
  const { output, tools, ...rest } = input;
  const request: ChatRequest = {
    ...rest,
    ...(tools === undefined ? {} : { tools: tools.map((tool, index) => toolOf(tool, index)) }),
    ...(output === undefined ? {} : { output: formatOf(output) }),
  };
  const format = request.output;
  if (format === undefined || format.type === 'text') return { request };
  const schema = schemaOf(output);
  return { request, complete: (result) => parsedOf(result, schema, textOf) };
}

function formatOf(output: OutputInput): OutputFormat {
  if (output === 'text' || output === 'json') return { type: output };
  if (isStandardSchema(output))
    return { type: 'json-schema', schema: jsonSchemaOf(output, 'output') };
  if (!isSchemaOutput(output)) return output;
  const { schema, jsonSchema, type: _none, ...names } = output;
  return { type: 'json-schema', schema: jsonSchema ?? jsonSchemaOf(schema, 'output'), ...names };
}

function schemaOf(output: OutputInput | undefined): StandardSchema | undefined {
  if (isStandardSchema(output)) return output;
  return typeof output === 'object' && isSchemaOutput(output) ? output.schema : undefined;
}

function isSchemaOutput(output: SchemaOutput | OutputFormat): output is SchemaOutput {
  return output.type === undefined;
}

function toolOf(tool: ToolInput, index: number): Tool {
  if (tool.type === 'provider') return tool;
  const { parameters, ...rest } = tool;
  if (parameters === undefined) return rest;
  return {
    ...rest,
    parameters: isStandardSchema(parameters)
      ? jsonSchemaOf(parameters, `tools[${index}].parameters`)
      : parameters,
  };
}

function jsonSchemaOf(schema: StandardSchema, param: string): JsonObject {
  const write = schema['~standard'].jsonSchema?.input;
  if (write === undefined) {
    throw new InferwayError('configuration', {
      message: `The ${schema['~standard'].vendor} schema given as "${param}" cannot write JSON Schema. Give { schema, jsonSchema } with the JSON Schema beside it, or use zod ≥ 4.2 or arktype ≥ 2.1.28.`,
      param,
    });
  }
  return write({ target: 'draft-2020-12' }) as JsonObject;
}

async function parsedOf(
  result: ChatResult,
  schema: StandardSchema | undefined,
  textOf: (message: Message) => string,
): Promise<{ parsed?: unknown }> {
  // An answer that is no whole text (a tool call, a refusal, one cut by its length) has nothing to parse: its finish reason says why.
  if (result.finishReason.unified !== 'stop' && result.finishReason.unified !== 'unknown')
    return {};
  const text = textOf(result.message);
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badOutput('The answer is not JSON although JSON was asked for.', result, cause);
  }
  if (schema === undefined) return { parsed: value };
  const checked = await schema['~standard'].validate(value);
  if (checked.issues === undefined) return { parsed: checked.value };
  const where = checked.issues.slice(0, 5).map((issue) => {
    const path = (issue.path ?? []).map((key) => String(typeof key === 'object' ? key.key : key));
    return path.length === 0 ? 'the whole' : path.join('.');
  });
  throw badOutput(
    `The answer does not fit the schema at ${where.join(', ')}. Ask a model with structured output, or loosen the schema.`,
    result,
    checked.issues,
  );
}

function badOutput(message: string, result: ChatResult, cause: unknown): InferwayError {
  const error = new InferwayError('protocol', {
    message,
    cause,
    retryable: false,
    fallbackable: false,
  });
  error.partial = result;
  return error;
}
