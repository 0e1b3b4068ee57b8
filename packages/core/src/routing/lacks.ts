import type { TargetFacts } from './facts.js';
import type { Needs } from './needs.js';

/** Operations that listings do not speak of: whether the provider has them says enough. */
const UNLISTED: ReadonlySet<string> = new Set(['raw', 'countTokens']);

/** What a target lacks for the call, as far as is known: what nobody said excludes nothing. */
export interface Lack {
  readonly what:
    | 'operation'
    | 'streaming'
    | 'tools'
    | 'structured output'
    | 'input'
    | 'context'
    | 'output'
    | 'live';
  /** For people. */
  readonly why: string;
}

/** The first thing that a target with these facts lacks. @param has Whether its provider has the operation, where the providers are known. */
export function lackOf(facts: TargetFacts, needs: Needs, has: boolean): Lack | undefined {
  const { operation } = needs;
  if (!has) return { what: 'operation', why: `its provider has no operation "${operation}"` };
  if (facts.live === false) return { what: 'live', why: 'nobody behind the router serves it now' };
  if (facts.operations?.includes(operation) === false && !UNLISTED.has(operation)) {
    return {
      what: 'operation',
      why: `it is listed for ${facts.operations.join(', ')}, not for "${operation}"`,
    };
  }
  if (needs.stream && facts.streaming === false) {
    return { what: 'streaming', why: 'it does not stream' };
  }
  if (needs.tools && facts.tools === false) return { what: 'tools', why: 'it calls no tools' };
  if (needs.structuredOutput && facts.structuredOutput === false) {
    return { what: 'structured output', why: 'it has no structured output' };
  }
  return lackOfInput(facts, needs) ?? lackOfRoom(facts, needs);
}

function lackOfInput({ inputModalities }: TargetFacts, needs: Needs): Lack | undefined {
  if (inputModalities === undefined || needs.modalities.length === 0) return undefined;
  const missing = needs.modalities.find((one) => !inputModalities.includes(one));
  return missing === undefined ? undefined : { what: 'input', why: `it takes no ${missing} input` };
}

function lackOfRoom(facts: TargetFacts, needs: Needs): Lack | undefined {
  const { contextLength, maxOutputTokens } = facts;
  const asked = needs.maxOutputTokens;
  if (maxOutputTokens !== undefined && asked !== undefined && asked > maxOutputTokens) {
    return {
      what: 'output',
      why: `it writes at most ${maxOutputTokens} tokens, and ${asked} may be wanted`,
    };
  }
  const tokens = contextLength === undefined ? undefined : needs.windowTokensAbove(contextLength);
  if (tokens === undefined) return undefined;
  return {
    what: 'context',
    why: `its window holds ${contextLength} tokens, and about ${tokens} are needed`,
  };
}
