import { InferenceClient } from '@huggingface/inference';
import { MESSAGES, type SubjectFactory } from './subject.js';

/** The official client of Hugging Face, pointed at one endpoint. */
export const huggingFace: SubjectFactory = (baseUrl) => {
  const client = new InferenceClient('bench', { endpointUrl: baseUrl });
  const messages = [...MESSAGES];
  return {
    name: '@huggingface/inference',
    async unary() {
      const completion = await client.chatCompletion({ model: 'bench', messages });
      return completion.choices[0]?.message.content?.length ?? 0;
    },
    async stream(model) {
      let length = 0;
      for await (const chunk of client.chatCompletionStream({ model, messages })) {
        length += chunk.choices[0]?.delta.content?.length ?? 0;
      }
      return length;
    },
  };
};
