import { fetchTransport } from '@inferway/provider-kit';
import { describe, it } from 'vitest';
import { testProvider } from '../src/index.js';
import { createReference, referenceWire } from './support/reference.js';

testProvider(createReference, {
  operations: [
    'chat',
    'complete',
    'embed',
    'image',
    'speech',
    'transcribe',
    'rerank',
    'countTokens',
    'raw',
  ],
  wire: referenceWire,
  runner: { describe, it },
});

// Over the platform's own `fetch`, as in runtimes without undici. Of a file whose gzip breaks off it gives the beginning as the whole.
testProvider(
  (setup) => createReference({ ...setup, transport: setup.transport ?? fetchTransport() }),
  {
    name: 'reference over fetch',
    operations: ['chat'],
    wire: referenceWire,
    runner: { describe, it },
  },
);
