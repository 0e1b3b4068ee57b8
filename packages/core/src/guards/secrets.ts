import { patternDetector, type Detector } from './detector.js';
import { pemDetector } from './pem-detector.js';

/** Keys by the prefixes that their issuers give them, so that they can be told from other text. */
const PREFIXED: readonly string[] = [
  // OpenAI, Anthropic, OpenRouter and the many that follow them
  'sk-[A-Za-z0-9_-]{20,}',
  'hf_[A-Za-z0-9]{30,}',
  'gsk_[A-Za-z0-9]{40,}',
  'r8_[A-Za-z0-9]{30,}',
  'fw_[A-Za-z0-9]{20,}',
  'tgp_v1_[A-Za-z0-9_-]{30,}',
  'xai-[A-Za-z0-9]{40,}',
  'AIza[A-Za-z0-9_-]{35,}',
  // Code, clouds, payment, chat
  'gh[pousr]_[A-Za-z0-9]{36,}',
  'github_pat_[A-Za-z0-9_]{40,}',
  'glpat-[A-Za-z0-9_-]{20,}',
  'npm_[A-Za-z0-9]{36,}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{16,}',
  'whsec_[A-Za-z0-9+/=]{20,}',
  'xox[abeprs]-[A-Za-z0-9-]{10,}',
  'SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,}',
  // JSON Web Tokens
  'eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}',
];

/** Finds API keys, tokens and private keys that can be known by their form. */
export function secrets(): readonly Detector[] {
  return [
    patternDetector({
      kind: 'SECRET',
      pattern: new RegExp(`(?<![A-Za-z0-9])(?:${PREFIXED.join('|')})`, 'u'),
      alphabet: /[A-Za-z0-9_.+/=-]/u,
      starts: /[A-Za-z]/u,
    }),
    pemDetector(),
  ];
}
