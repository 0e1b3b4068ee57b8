import type { Call } from '../call.js';

/**
 * Whether a call has tools that the provider itself runs (searches, code, other people's servers): asking twice may do twice what they do.
 */
export function hasProviderTools(call: Call): boolean {
  const request = call.request as { readonly tools?: unknown };
  const { tools } = request;
  return Array.isArray(tools) && tools.some((tool) => tool?.type === 'provider');
}
