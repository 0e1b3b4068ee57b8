import { InferenceClient } from '@huggingface/inference';
import { describe, expect, test } from 'vitest';
import { KEY } from '../support/start-gateway.js';
import { MODELS, startStack, type Stack } from '../support/start-stack.js';

const huggingface = ({ url }: Stack): InferenceClient =>
  new InferenceClient(KEY, { endpointUrl: `${url}/v1` });

describe.each(MODELS)(
  'an unmodified @huggingface/inference with %s behind the gateway',
  (model) => {
    const request = {
      model,
      messages: [{ role: 'user', content: 'Write 30 words about the sea.' }],
    };

    test('chats and streams the same answer', async () => {
      const stack = await startStack();
      const client = huggingface(stack);
      const whole = await client.chatCompletion(request);
      expect(whole.choices[0]?.message.content?.split(' ').length).toBeGreaterThan(20);
      expect(whole.usage.completion_tokens).toBe(
        stack.simulator.bill.entries.at(-1)?.usage.outputTokens,
      );
      let text = '';
      for await (const chunk of client.chatCompletionStream(request)) {
        text += chunk.choices[0]?.delta.content ?? '';
      }
      expect(text).toBe(whole.choices[0]?.message.content);
    });
  },
);

test('a wrong key and an unknown model are its own kind of error, with the gateway’s words', async () => {
  const stack = await startStack();
  const messages = [{ role: 'user', content: 'hi' }];
  const wrong = new InferenceClient('wrong', { endpointUrl: `${stack.url}/v1` });
  await expect(wrong.chatCompletion({ model: 'plain/sim-chat', messages })).rejects.toMatchObject({
    httpResponse: { status: 401 },
  });
  await expect(
    huggingface(stack).chatCompletion({ model: 'nope/x', messages }),
  ).rejects.toMatchObject({ httpResponse: { status: 404 } });
});
