// An adapter that leaves a rejection to nobody when it is aborted.
import { openaiChat } from '@inferway/wire';
import { testProvider } from '../../src/index.js';
import { withCalls } from '../support/tamper.js';

testProvider(
  (setup) =>
    withCalls(setup, (call, right) => {
      call.signal.addEventListener('abort', () => void Promise.reject(new Error('left alone')));
      return right(call);
    }),
  { operations: ['chat'], wire: { chat: openaiChat } },
);
