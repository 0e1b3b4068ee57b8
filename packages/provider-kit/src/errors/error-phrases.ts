import type { ErrorCode } from '@inferway/core';

interface Phrase {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
}

/**
 * Sentences by which providers without a code for it say something that matters. Read only for 4xx and for errors inside a success;
 * the patterns have no nested repetition, so that a long text costs linear time.
 */
const PHRASES: readonly Phrase[] = [
  {
    code: 'context_length',
    pattern:
      /context (?:length|window|size|limit)|maximum (?:context|sequence|prompt|input) length|prompt is too long|input is too long|too many (?:input |prompt )?tokens|`?inputs?`? tokens \+ |inputs`? must have less than \d/iu,
  },
  {
    code: 'billing',
    pattern:
      /insufficient (?:quota|balance|credits?|funds)|credit balance|out of credits|monthly (?:included credits|usage limit|spend|limit)|depleted your|spend(?:ing)? limit|payment required|billing hard limit/iu,
  },
  {
    code: 'not_found',
    pattern:
      /model\b.{0,120}\b(?:does not exist|not found|not supported by|is not supported by|is not available|not a valid model)|(?:no such|unknown|unsupported) model|not a valid provider/iu,
  },
  {
    code: 'content_filter',
    pattern: /content (?:filter|policy|management policy)|safety system|flagged (?:as|by|for)/iu,
  },
];

/** The code that a provider's sentence gives away, if any. */
export function codeOfPhrase(message: string): ErrorCode | undefined {
  const head = message.length > 2000 ? message.slice(0, 2000) : message;
  return PHRASES.find(({ pattern }) => pattern.test(head))?.code;
}
