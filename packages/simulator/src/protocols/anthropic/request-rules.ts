import { isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';

/** A 400 that the API documents for some models. */
interface ModelRule {
  readonly models: RegExp;
  readonly breaks: (body: JsonObject) => boolean;
  readonly message: string;
}

const typeOf = (value: JsonValue | undefined): JsonValue | undefined =>
  isJsonObject(value) ? value['type'] : undefined;
const sets =
  (...types: readonly string[]) =>
  (body: JsonObject): boolean =>
    types.includes(String(typeOf(body['thinking'])));
const USE_ADAPTIVE =
  'is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';

/** From "Troubleshooting thinking", "Claude API errors" and the migration guides (platform.claude.com, November 2026). */
const MODEL_RULES: readonly ModelRule[] = [
  {
    models: /claude-(?:opus-4-[78]|(?:opus|sonnet|haiku|fable|mythos)-5)/u,
    breaks: sets('enabled'),
    message: `"thinking.type.enabled" ${USE_ADAPTIVE}`,
  },
  {
    models: /claude-(?:opus-5-5|(?:fable|mythos)-5)/u,
    breaks: sets('disabled', 'between_tools'),
    message: `"thinking.type.disabled" ${USE_ADAPTIVE}`,
  },
  {
    models: /claude-sonnet-5-5/u,
    breaks: sets('disabled'),
    message:
      '"thinking.type.disabled" is not supported for this model. Use "thinking.type.between_tools".',
  },
  {
    models: /claude-(?:opus|sonnet|haiku)-4-5/u,
    breaks: sets('adaptive', 'between_tools'),
    message: 'adaptive thinking is not supported on this model',
  },
  {
    models: /claude-(?:opus-4-[78]|(?:opus|sonnet|haiku|fable|mythos)-5)/u,
    breaks: (body) => ['temperature', 'top_p', 'top_k'].some((name) => body[name] !== undefined),
    message: '`temperature`, `top_p` and `top_k` are deprecated for this model.',
  },
  {
    models: /claude-(?:opus-4-1|(?:opus|sonnet|haiku)-4-[56])/u,
    breaks: (body) => body['temperature'] !== undefined && body['top_p'] !== undefined,
    message:
      '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  },
  {
    models: /claude-(?:opus-5-5|sonnet-5-5|(?:fable|mythos)-5-[1-9])/u,
    breaks: (body) => ['any', 'tool'].includes(String(typeOf(body['tool_choice']))),
    message: 'tool_choice: type "tool" and "any" are not supported for this model.',
  },
  {
    models: /claude-(?:(?:opus|sonnet)-4-[6-9]|(?:opus|sonnet|haiku|fable|mythos)-5)/u,
    breaks: endsWithAssistantText,
    message:
      'This model does not support assistant message prefill. The conversation must end with a user message.',
  },
];

function endsWithAssistantText({ messages }: JsonObject): boolean {
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  if (!isJsonObject(last) || last['role'] !== 'assistant') return false;
  const { content } = last;
  return (
    !Array.isArray(content) ||
    content.every((block) => isJsonObject(block) && block['type'] === 'text')
  );
}

/** The first rule of the model that a body breaks. */
export function brokenModelRule(body: JsonObject): string | undefined {
  const model = String(body['model']);
  return MODEL_RULES.find(({ models, breaks }) => models.test(model) && breaks(body))?.message;
}

/** Fields that are refused without the beta that has them. */
const BETA_FIELDS: Readonly<Record<string, string>> = {
  mcp_servers: 'mcp-client-',
  context_management: 'context-management-',
  compaction: 'compact-',
  fallbacks: 'server-side-fallback-',
};

/** The first field that a body has of a beta that the request does not name. */
export function missingBeta(body: JsonObject, betas: string): string | undefined {
  const names = betas.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== '' && !/-\d{4}-\d\d-\d\d$/u.test(name));
  if (unknown !== undefined)
    return `Unexpected value(s) \`${unknown}\` for the \`anthropic-beta\` header. Please consult our documentation at platform.claude.com/docs or try again without the header.`;
  for (const [field, stem] of Object.entries(BETA_FIELDS)) {
    if (body[field] !== undefined && !names.some((name) => name.startsWith(stem)))
      return `${field}: Extra inputs are not permitted`;
  }
  return undefined;
}

interface Marker {
  readonly path: string;
  readonly hour: boolean;
}

/** More than four cache markers, or one of an hour after one of five minutes ("Prompt caching"). */
export function brokenMarkers(body: JsonObject): string | undefined {
  const markers: Marker[] = [];
  for (const section of ['tools', 'system', 'messages']) gather(body[section], section, markers);
  const automatic = body['cache_control'];
  const count = markers.length + (isJsonObject(automatic) ? 1 : 0);
  if (count > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${count}.`;
  if (isJsonObject(automatic)) markers.push({ path: '', hour: automatic['ttl'] === '1h' });
  const short = markers.findIndex((marker) => !marker.hour);
  const late = short < 0 ? undefined : markers.slice(short).find((marker) => marker.hour);
  return late === undefined
    ? undefined
    : `${late.path === '' ? '' : `${late.path}.`}cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`;
}

function gather(list: JsonValue | undefined, path: string, out: Marker[]): void {
  if (!Array.isArray(list)) return;
  for (const [index, entry] of list.entries()) {
    if (!isJsonObject(entry)) continue;
    const own = `${path}.${index}`;
    gather(entry['content'], `${own}.content`, out);
    const control = entry['cache_control'];
    if (isJsonObject(control)) out.push({ path: own, hour: control['ttl'] === '1h' });
  }
}
