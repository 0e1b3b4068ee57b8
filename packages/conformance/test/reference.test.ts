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
