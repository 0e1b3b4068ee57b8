/**
 * Which names are written. `1.41`: the last tagged release of the conventions, and what backends read. `latest`: the development branch of
 * semantic-conventions-genai as of October 2026, with its counters and renamed metrics.
 */
export type Profile = '1.41' | 'latest';

const OPT_IN = 'gen_ai_latest_experimental';

/** The profile that the option names, or else `OTEL_SEMCONV_STABILITY_OPT_IN` (a list by commas). */
export function chooseProfile(option: Profile | undefined): Profile {
  if (option !== undefined) return option;
  const words = environment('OTEL_SEMCONV_STABILITY_OPT_IN')?.split(',') ?? [];
  return words.some((word) => word.trim() === OPT_IN) ? 'latest' : '1.41';
}

/** A variable of the process, where there is a process. */
export function environment(name: string): string | undefined {
  return typeof process === 'undefined' ? undefined : process.env[name];
}
