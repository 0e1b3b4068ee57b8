// Run by plain Node: no runner is given, so node:test is found.
import { openaiChat } from '@inferway/wire';
import { testMiddleware, testProvider } from '../../src/index.js';
import { createReference } from '../support/reference.js';

testProvider(createReference, { operations: ['chat'], wire: { chat: openaiChat } });
testMiddleware(() => (call, next) => next(call) as never, { name: 'plain' });
