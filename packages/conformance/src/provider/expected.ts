import type { Operation, Usage } from '@inferway/core';
import type { Decoded } from '@inferway/wire';
import { expectMatch } from '../expect.js';
import type { Silent } from '../wire/wire-script.js';
import type { Subject } from './subject.js';

const MEMBERS: Readonly<Partial<Record<Silent, string>>> = {
  'finish-reason': 'finishReason',
  id: 'id',
};

/** What of an answer an adapter can know: all but what its protocol has no words for. The model's name is the server's affair. */
export function expected(subject: Subject, answer: Decoded<Operation>): Record<string, unknown> {
  const { model: _model, ...rest } = answer.result as unknown as Record<string, unknown>;
  for (const silent of subject.script.silent ?? []) {
    const member = MEMBERS[silent];
    if (member !== undefined) delete rest[member];
  }
  return rest;
}

const UNKNOWN: Usage = { inputTokens: undefined, outputTokens: undefined };

/** The tokens that an adapter can know; undefined where nobody tells them, never 0. */
export function expectUsage(
  usage: Usage | undefined,
  subject: Subject,
  answer: Decoded<Operation>,
): void {
  const { silent = [] } = subject.script;
  const told = silent.includes('usage') ? undefined : answer.usage;
  const { inputTokens, ...others } = told ?? UNKNOWN;
  const known = silent.includes('input-tokens') ? others : { inputTokens, ...others };
  expectMatch(usage ?? {}, known, 'the usage');
}
