// The contract, run by Acme's author: `node --test dist/conformance.js`.
import { strictEqual } from 'node:assert/strict';
import {
  jsonAnswer,
  jsonOf,
  testProvider,
  type Sample,
  type WireScript,
} from '@inferway/conformance';
import type { JsonObject } from '@inferway/core';
import { openaiChat } from '@inferway/wire';
import { createAcme } from './adapter.js';

/** What Acme's server says. */
const classify: WireScript<'classify'> = {
  name: 'acme-classify',
  operation: 'classify',
  unary: ({ result }) => [jsonAnswer({ best: result })],
  error: ({ message }) => ({ error: message }),
  unaryFailure: ({ message }) => [jsonAnswer({ error: message })],
  failureCodes: [],
  silent: ['usage'],
  checkRequest: (request, { model }) =>
    strictEqual((jsonOf(request) as JsonObject)['model'], model),
};

const refund: Sample<'classify'> = {
  request: { text: 'Where is the refund of order 4711?', labels: ['praise', 'refund'] },
  answer: { result: { label: 'refund', score: 0.875 } },
};

testProvider(createAcme, {
  operations: ['chat', 'classify'],
  wire: { chat: openaiChat, classify },
  samples: { classify: refund },
});
