import { badOption } from '../../option-checks.js';
import type { FallbackOptions } from './fallback.js';
import type { FallbackTarget } from '../target-list.js';

/**
 * The options as they are, for a fallback that stands inside of the router: a route that it named would never be resolved there.
 *
 * @throws {InferwayError} `configuration` for such a route.
 */
export function withoutRoutes(options: FallbackOptions): FallbackOptions {
  for (const name of namesIn(options.targets)) {
    if (!name.startsWith('route/') && !name.startsWith('auto/')) continue;
    throw badOption(
      'fallback',
      `standard: fallback names "${name}", which the router has resolved before. Make it a target of a route instead, or put your own fallback around the router.`,
    );
  }
  return options;
}

function namesIn(targets: FallbackOptions['targets']): readonly string[] {
  if (typeof targets !== 'object' || targets === null) return [];
  if (Array.isArray(targets)) return (targets as readonly FallbackTarget[]).map(nameOf);
  return [
    ...Object.keys(targets),
    ...Object.values(targets as Readonly<Record<string, readonly FallbackTarget[]>>).flatMap(
      (list) => (Array.isArray(list) ? (list as readonly FallbackTarget[]).map(nameOf) : []),
    ),
  ];
}

// What is no target at all is told by the fallback itself.
function nameOf(target: FallbackTarget): string {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return '';
  return 'model' in target ? nameOf(target.model) : `${target.provider}/${target.id}`;
}
