import { createOpenAICompatible, type OpenAICompatibleProvider } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, streamText, tool } from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { KEY } from '../support/start-gateway.js';
import { MODELS, startStack, type Stack } from '../support/start-stack.js';

const through = ({ url }: Stack): OpenAICompatibleProvider =>
  createOpenAICompatible({
    name: 'inferway',
    baseURL: `${url}/v1`,
    apiKey: KEY,
    includeUsage: true,
  });

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `It is sunny in ${city}.`,
});

describe.each(MODELS)('the AI SDK with %s behind the gateway', (id) => {
  test('generates and streams the same text with the same usage', async () => {
    const stack = await startStack();
    const model = through(stack)(id);
    const prompt = 'Write 30 words about the sea.';
    const whole = await generateText({ model, prompt, maxRetries: 0 });
    expect(whole.text.split(' ').length).toBeGreaterThan(20);
    expect(whole.finishReason).toBe('stop');
    const streamed = streamText({ model, prompt, maxRetries: 0 });
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    expect(text).toBe(whole.text);
    expect((await streamed.totalUsage).outputTokens).toBe(whole.totalUsage.outputTokens);
    expect(whole.totalUsage.outputTokens).toBe(
      stack.simulator.bill.entries.at(-1)?.usage.outputTokens,
    );
  });

  test.each([false, true])(
    'runs tools and goes on with their results (stream: %s)',
    async (stream) => {
      const request = {
        model: through(await startStack())(id),
        prompt: 'Use the weather tool for Paris.',
        tools: { weather },
        stopWhen: isStepCount(3),
        maxRetries: 0,
      };
      const answered = stream ? streamText(request) : await generateText(request);
      const steps = await answered.steps;
      expect(steps.length).toBe(2);
      expect(steps[0]?.toolCalls.map(({ toolName }) => toolName)).toEqual(['weather']);
      expect(steps[0]?.toolResults[0]?.output).toMatch(/^It is sunny in /u);
      expect((await answered.text).length).toBeGreaterThan(0);
    },
  );
});
