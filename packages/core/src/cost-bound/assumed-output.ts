// For requests that name no maximum. Two figures, since a wrong guess costs something else in each place.

/**
 * What is likely, for limits: what they guess wrong is put right within the window, and a guess too high keeps others out meanwhile. With
 * 4,096 a limit of 40,000 tokens a minute would let in nine such calls at a time, most of which use a few hundred.
 */
export const LIKELY_OUTPUT_TOKENS = 1000;

/** What it may well come to, for money: a guess too low is spent, and no later call gives it back. Many providers stop there by themselves. */
export const LARGE_OUTPUT_TOKENS = 4096;
