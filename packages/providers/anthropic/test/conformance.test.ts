import { rawScript, testProvider } from '@inferway/conformance';
import { anthropicCountTokens, anthropicMessages } from '@inferway/wire';
import { describe, it } from 'vitest';
import { createAnthropic } from '../src/index.js';

const CLAUDE = 'claude-sonnet-4-5';

testProvider(createAnthropic, {
  operations: ['chat', 'countTokens', 'raw'],
  wire: { chat: anthropicMessages, countTokens: anthropicCountTokens, raw: rawScript },
  model: CLAUDE,
  requestIdHeader: 'request-id',
  models: {
    answer: () => ({
      body: JSON.stringify({
        data: [
          { type: 'model', id: CLAUDE, display_name: 'Claude', created_at: '2025-09-29T00:00:00Z' },
        ],
        has_more: false,
      }),
    }),
    ids: [CLAUDE],
  },
  runner: { describe, it },
});
