/** Bucket boundaries that the conventions ask for: seconds, doubling from 10 ms to 82 s. */
export const SECONDS: number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** Tokens, by powers of four from 1 to 64 Mi. */
export const TOKENS: number[] = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
  67_108_864,
];
