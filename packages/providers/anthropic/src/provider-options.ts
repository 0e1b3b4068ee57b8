import type { FileSettings } from '@inferway/provider-kit';
import {
  isJsonObject,
  type Call,
  type ChatRequest,
  type JsonObject,
  type Message,
} from '@inferway/core';

/** Fields of Anthropic's own that the canonical request has no name for; anything else the API takes may be given too. */
export interface AnthropicProviderOptions {
  /** Names for the `anthropic-beta` header of this call, beside those of the provider. What a known field needs is added by itself. */
  readonly betas?: readonly AnthropicBeta[] | undefined;
  readonly thinking?: AnthropicThinking | undefined;
  readonly output_config?: object | undefined;
  /** Marks the last cacheable block of the whole request. */
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' } | undefined;
  readonly container?: string | object | undefined;
  readonly context_management?: object | undefined;
  readonly mcp_servers?: readonly object[] | undefined;
  readonly fallbacks?: 'default' | readonly object[] | undefined;
  readonly inference_geo?: string | undefined;
  readonly speed?: 'standard' | 'fast' | undefined;
  readonly [field: string]: unknown;
}

/** `thinking` in Anthropic's own words; without a `type`, its members are added to what `reasoning` asks for. */
export interface AnthropicThinking {
  readonly type?: 'adaptive' | 'enabled' | 'between_tools' | 'disabled' | undefined;
  readonly budget_tokens?: number | undefined;
  readonly display?: 'summarized' | 'omitted' | 'updates' | undefined;
  readonly block_binding?: object | undefined;
}

declare module '@inferway/core' {
  interface ProviderOptions {
    readonly anthropic?: AnthropicProviderOptions | undefined;
  }
}

/** Names of betas (platform.claude.com, "Beta headers" and the pages of the features). These are added where their field or tool is used; any other may be given. */
export type AnthropicBeta =
  | 'mcp-client-2025-11-20'
  | 'context-management-2025-06-27'
  | 'compact-2026-01-12'
  | 'compact-2026-09-04'
  | 'server-side-fallback-2026-07-01'
  | 'server-side-fallback-2026-06-01'
  | 'fast-mode-2026-02-01'
  | 'structured-outputs-2025-11-13'
  | 'task-budgets-2026-03-13'
  | 'thinking-binding-controls-2026-08-01'
  | 'thinking-display-updates-2026-08-18'
  | 'mid-conversation-system-clear-at-2026-08-21'
  | 'computer-use-2024-10-22'
  | 'computer-use-2025-01-24'
  | 'computer-use-2025-11-24'
  | 'advisor-tool-2026-03-01'
  | 'files-api-2025-04-14'
  | (string & {});

const FILES_BETA: AnthropicBeta = 'files-api-2025-04-14';

/** A caller's `betas` may be anything; a header may not. */
const BETA_NAME = /^[\w.-]+$/u;

/** Betas of tool types that are not generally available. */
const TOOL_BETAS: ReadonlyMap<unknown, AnthropicBeta> = new Map([
  ['computer_20241022', 'computer-use-2024-10-22'],
  ['computer_20250124', 'computer-use-2025-01-24'],
  ['computer_20251124', 'computer-use-2025-11-24'],
  ['advisor_20260301', 'advisor-tool-2026-03-01'],
  ['mcp_toolset', 'mcp-client-2025-11-20'],
]);

/**
 * Names for the `anthropic-beta` header: those given, those that a caller of the same protocol sent through as `betas`, and those that the
 * fields and tools in use need.
 */
export function betasOf(
  request: ChatRequest,
  provider: string,
  given: readonly string[],
): string[] {
  const { passthrough, providerOptions } = request;
  const own = providerOptions?.[provider] as AnthropicProviderOptions | undefined;
  const caller = passthrough?.format === 'anthropic-messages' ? passthrough.fields : undefined;
  const asked = [...given, ...(own?.betas ?? []), ...namesIn(caller?.betas)];
  return withBetas(asked, neededBy(request, own, caller));
}

/** Headers of one call; undefined where the provider's own do. */
export function callHeaders(
  given: readonly string[],
): (call: Call) => Readonly<Record<string, string>> | undefined {
  return ({ operation, request, model }) => {
    if (operation !== 'chat' && operation !== 'countTokens') return undefined;
    const betas = betasOf(request as ChatRequest, model.provider, given);
    return betas.length === given.length ? undefined : { 'anthropic-beta': betas.join(',') };
  };
}

/**
 * The Files API (platform.claude.com, "Files API"; both lines of Anthropic's own client): listings go on by `next_page`, older ones behind the
 * last id.
 */
export function fileSettings(given: readonly string[]): FileSettings {
  return {
    path: 'v1/files',
    headers: { 'anthropic-beta': withBetas(given, [FILES_BETA]).join(',') },
    names: { bytes: 'size_bytes' },
    nextPage: [{ parameter: 'page', field: 'next_page' }, { parameter: 'after_id' }],
  };
}

/** What is given in another version is not added in ours. */
function withBetas(given: Iterable<string>, needed: readonly AnthropicBeta[]): string[] {
  const betas = new Set(given);
  const stems = new Set([...betas].map(stemOf));
  for (const beta of needed) if (!stems.has(stemOf(beta))) betas.add(beta);
  return [...betas];
}

function stemOf(beta: string): string {
  return beta.replace(/-\d{4}-\d\d-\d\d$/u, '');
}

function namesIn(betas: unknown): string[] {
  const names: unknown[] = Array.isArray(betas) ? betas : [];
  return names.filter((name): name is string => typeof name === 'string' && BETA_NAME.test(name));
}

function neededBy(
  { tools, messages }: ChatRequest,
  own: AnthropicProviderOptions | undefined,
  caller: JsonObject | undefined,
): AnthropicBeta[] {
  const betas: AnthropicBeta[] = [];
  for (const fields of [caller, own as JsonObject | undefined])
    if (fields !== undefined) addFieldBetas(fields, betas);
  for (const tool of tools ?? []) {
    const beta = tool.type === 'provider' ? TOOL_BETAS.get(tool.value.type) : undefined;
    if (beta !== undefined) betas.push(beta);
  }
  if (messages.some(namesFile)) betas.push(FILES_BETA);
  for (const message of messages) {
    if (message.role !== 'system' || !isJsonObject(message.opaque?.value)) continue;
    if (message.opaque.value.clear_at !== undefined)
      betas.push('mid-conversation-system-clear-at-2026-08-21');
  }
  return betas;
}

/** True where a message gives a file by its id. */
function namesFile({ role, content }: Message): boolean {
  if (role !== 'user' || typeof content === 'string') return false;
  return content.some(
    (part) =>
      (part.type === 'image' && part.image.type === 'file-id') ||
      (part.type === 'file' && part.file.type === 'file-id'),
  );
}

function addFieldBetas(fields: JsonObject, betas: AnthropicBeta[]): void {
  const { mcp_servers: servers, context_management: context, fallbacks } = fields;
  if (Array.isArray(servers) && servers.length > 0) betas.push('mcp-client-2025-11-20');
  if (isJsonObject(context)) {
    betas.push('context-management-2025-06-27');
    const edits = Array.isArray(context.edits) ? context.edits : [];
    if (edits.some((edit) => isJsonObject(edit) && String(edit.type).startsWith('compact_')))
      betas.push('compact-2026-01-12');
  }
  if (isJsonObject(fields.compaction)) betas.push('compact-2026-09-04');
  if (Array.isArray(fallbacks)) betas.push('server-side-fallback-2026-06-01');
  else if (typeof fallbacks === 'string') betas.push('server-side-fallback-2026-07-01');
  if (fields.speed === 'fast') betas.push('fast-mode-2026-02-01');
  if (isJsonObject(fields.output_format)) betas.push('structured-outputs-2025-11-13');
  const { output_config: config, thinking } = fields;
  if (isJsonObject(config) && isJsonObject(config.task_budget))
    betas.push('task-budgets-2026-03-13');
  if (!isJsonObject(thinking)) return;
  if (isJsonObject(thinking.block_binding)) betas.push('thinking-binding-controls-2026-08-01');
  if (thinking.display === 'updates') betas.push('thinking-display-updates-2026-08-18');
}
