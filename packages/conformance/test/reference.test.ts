import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import { describe, it } from 'vitest';
import { testProvider } from '../src/index.js';
import { createReference } from './support/reference.js';

testProvider(createReference, {
  operations: ['chat', 'complete', 'embed'],
  wire: { chat: openaiChat, complete: openaiCompletions, embed: openaiEmbeddings },
  runner: { describe, it },
});
