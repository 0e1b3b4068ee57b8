import { InferwayError } from '@inferway/core';
import type { z } from 'zod';

/** A file that cannot be used: what, where in it, and the cure. */
export function configError(file: string, message: string, cause?: unknown): InferwayError {
  return new InferwayError('configuration', { message: `${file}: ${message}`, cause });
}

/** All that is wrong with a config, one line each. Values are not repeated: one may be a key in the wrong place. */
export function issuesText(issues: readonly z.core.$ZodIssue[]): string {
  return issues.map((issue) => `${pathText(issue.path)}: ${problemText(issue)}`).join('\n  ');
}

function problemText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `Unknown setting${issue.keys.length === 1 ? '' : 's'} ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}. Correct the name or take it out.`;
  }
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    return `The name is not allowed here. ${inner?.message ?? issue.message}.`;
  }
  return `${issue.message}.`;
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}
