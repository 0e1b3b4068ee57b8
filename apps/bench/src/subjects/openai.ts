import OpenAI from 'openai';
import { MESSAGES, type SubjectFactory } from './subject.js';

/** The official client of OpenAI. */
export const openai: SubjectFactory = (baseUrl) => {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: 'bench', maxRetries: 0 });
  const messages = [...MESSAGES];
  return {
    name: 'openai',
    async unary() {
      const completion = await client.chat.completions.create({ model: 'bench', messages });
      return completion.choices[0]?.message.content?.length ?? 0;
    },
    async stream(model) {
      const stream = await client.chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      let length = 0;
      for await (const chunk of stream) length += chunk.choices[0]?.delta.content?.length ?? 0;
      return length;
    },
  };
};
