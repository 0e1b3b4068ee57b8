import { testSimulated } from '@inferway/conformance';
import { createSimulator } from '@inferway/simulator';
import { describe, it } from 'vitest';
import { createOpenAI } from '../src/index.js';

testSimulated({
  name: 'openai',
  server: () => createSimulator(),
  provider: ({ baseUrls }) => createOpenAI({ apiKey: 'sk-simulated', baseUrl: baseUrls.openai }),
  model: 'sim-chat',
  runner: { describe, it },
});
