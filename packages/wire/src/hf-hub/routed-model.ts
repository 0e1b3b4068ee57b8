import { InferwayError } from '@inferway/core';

/**
 * How the router chooses who serves: `auto` (its default, now the same as `fastest`), the highest throughput, the lowest price of an
 * output token, the order in the user's settings, or one provider by its id.
 */
export type Routing = 'auto' | 'fastest' | 'cheapest' | 'preferred' | (string & {});

/** A model id apart from its suffix: `org/name:cheapest`. */
export interface RoutedModel {
  readonly name: string;
  /** Undefined where the router's default is to decide. The router refuses `:auto`, so that becomes undefined too. */
  readonly routing: string | undefined;
}

export function readRouting(id: string): RoutedModel {
  const colon = id.lastIndexOf(':');
  if (colon <= id.lastIndexOf('/')) return { name: id, routing: undefined };
  const suffix = id.slice(colon + 1);
  return { name: id.slice(0, colon), routing: suffix === 'auto' ? undefined : suffix };
}

/** The id as the router takes it. */
export function writeRouting({ name, routing }: RoutedModel): string {
  return routing === undefined ? name : `${name}:${routing}`;
}

/** True where the suffix says how to choose, and not whom. */
export function isPolicy(routing: string | undefined): boolean {
  return routing === undefined || ['fastest', 'cheapest', 'preferred'].includes(routing);
}

/** Checks the option. @throws {InferwayError} `configuration`. */
export function checkRouting(routing: Routing | undefined): string | undefined {
  if (routing === undefined || routing === 'auto') return undefined;
  if (/^[\w-]+$/u.test(routing)) return routing;
  throw new InferwayError('configuration', {
    message: `routing ${JSON.stringify(routing)} is neither auto, fastest, cheapest nor preferred, and no provider's id of letters, digits and hyphens.`,
    param: 'routing',
  });
}

/** True for the Hub's own tokens, which only the Hub and its router are shown. Any other key is a provider's. */
export function isHubToken(key: string): boolean {
  return key.startsWith('hf_');
}
