import type { JsonObject, JsonValue } from '@inferway/core';

/** One input of a model. */
export interface InputField {
  readonly type: 'string' | 'file' | 'integer' | 'number' | 'boolean' | 'array';
  readonly description: string;
  readonly required?: boolean | undefined;
  readonly default?: JsonValue | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly choices?: readonly string[] | undefined;
}

export type InputFields = Readonly<Record<string, InputField>>;

/** An input that is not what the model takes, as `invalid_fields` lists it. */
export interface InvalidField {
  readonly type: string;
  readonly field: string;
  readonly description: string;
}

/** The OpenAPI schema of a version, as far as clients read it. */
export function openApiSchema(title: string, fields: InputFields, output: JsonObject): JsonObject {
  const entries = Object.entries(fields);
  const properties = entries.map(([name, field], order): [string, JsonObject] => [
    name,
    {
      title: name,
      'x-order': order,
      description: field.description,
      ...(field.type === 'file' ? { type: 'string', format: 'uri' } : { type: field.type }),
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(field.minimum === undefined ? {} : { minimum: field.minimum }),
      ...(field.maximum === undefined ? {} : { maximum: field.maximum }),
      ...(field.choices === undefined ? {} : { enum: [...field.choices] }),
    },
  ]);
  const required = entries.filter(([, field]) => field.required === true).map(([name]) => name);
  return {
    openapi: '3.0.2',
    info: { title, version: '0.1.0' },
    components: {
      schemas: {
        Input: {
          type: 'object',
          title: 'Input',
          ...(required.length === 0 ? {} : { required }),
          properties: Object.fromEntries(properties),
        },
        Output: output,
      },
    },
  };
}

/** What is wrong with an input. As with the real ones, names that the model does not know are no fault. */
export function invalidFields(input: JsonObject, fields: InputFields): readonly InvalidField[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const value = input[name];
    if (value === undefined || value === null) {
      return field.required === true
        ? [{ type: 'required', field: 'input', description: `${name} is required` }]
        : [];
    }
    const wrong = (type: string, description: string): readonly InvalidField[] => [
      { type, field: `input.${name}`, description },
    ];
    if (!hasType(value, field.type)) {
      const expected = field.type === 'file' ? 'string' : field.type;
      return wrong('invalid_type', `Invalid type. Expected: ${expected}, given: ${given(value)}`);
    }
    const { minimum, maximum, choices } = field;
    if (minimum !== undefined && typeof value === 'number' && value < minimum)
      return wrong('number_gte', `Must be greater than or equal to ${minimum}`);
    if (maximum !== undefined && typeof value === 'number' && value > maximum)
      return wrong('number_lte', `Must be less than or equal to ${maximum}`);
    if (choices !== undefined && !choices.includes(String(value)))
      return wrong('enum', `${name} must be one of the following: ${choices.join(', ')}`);
    if (field.type === 'file' && !/^(?:https?:|data:)/u.test(String(value)))
      return wrong('format', "Does not match format 'uri'");
    return [];
  });
}

function hasType(value: JsonValue, type: InputField['type']): boolean {
  switch (type) {
    case 'string':
    case 'file':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
  }
}

function given(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
