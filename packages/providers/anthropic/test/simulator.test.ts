import { testSimulated } from '@inferway/conformance';
import { createSimulator } from '@inferway/simulator';
import { describe, it } from 'vitest';
import { createAnthropic } from '../src/index.js';

testSimulated({
  name: 'anthropic',
  server: () => createSimulator(),
  provider: ({ baseUrls }) =>
    createAnthropic({ apiKey: 'sk-simulated', baseUrl: baseUrls.anthropic }),
  model: 'sim-claude',
  runner: { describe, it },
});
