/** One output token's log probability and the likeliest alternatives to it. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm. */
  readonly logprob: number;
  /** UTF-8 bytes of the token. */
  readonly bytes?: readonly number[] | null | undefined;
  readonly top?: readonly Omit<TokenLogprob, 'top'>[] | undefined;
}
