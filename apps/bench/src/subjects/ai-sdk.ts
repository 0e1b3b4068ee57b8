import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';
import { MESSAGES, type SubjectFactory } from './subject.js';

/** Vercel's AI SDK as its documentation uses it. */
export const aiSdk: SubjectFactory = (baseUrl) => {
  const provider = createOpenAICompatible({
    name: 'bench',
    baseURL: baseUrl,
    apiKey: 'bench',
    includeUsage: true,
  });
  const [system, user] = MESSAGES;
  const prompt = { system: system.content, messages: [{ ...user }], maxRetries: 0 };
  return {
    name: 'ai + @ai-sdk/openai-compatible',
    async unary() {
      const { text } = await generateText({ model: provider('bench'), ...prompt });
      return text.length;
    },
    async stream(model) {
      const { textStream } = streamText({ model: provider(model), ...prompt });
      let length = 0;
      for await (const text of textStream) length += text.length;
      return length;
    },
  };
};
