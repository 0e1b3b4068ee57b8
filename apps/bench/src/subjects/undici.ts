import { Agent, request } from 'undici';
import { MESSAGES, type SubjectFactory } from './subject.js';

interface Completion {
  choices: { message: { content: string } }[];
}
interface Chunk {
  choices: { delta: { content?: string } }[];
}

/** The limit: bare undici, `JSON.parse`, and a hand-written split of the event stream that trusts the upstream. */
export const undici: SubjectFactory = (baseUrl) => {
  const dispatcher = new Agent({ connections: 128 });
  const url = `${baseUrl}/chat/completions`;
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };
  return {
    name: 'undici + JSON.parse',
    async unary() {
      const body = JSON.stringify({ model: 'bench', messages: MESSAGES });
      const response = await request(url, { method: 'POST', headers, body, dispatcher });
      const completion = JSON.parse(await response.body.text()) as Completion;
      return completion.choices[0]?.message.content.length ?? 0;
    },
    async stream(model) {
      const body = JSON.stringify({
        model,
        messages: MESSAGES,
        stream: true,
        stream_options: { include_usage: true },
      });
      const response = await request(url, { method: 'POST', headers, body, dispatcher });
      const decoder = new TextDecoder();
      let rest = '';
      let length = 0;
      for await (const bytes of response.body) {
        rest += decoder.decode(bytes as Uint8Array, { stream: true });
        let from = 0;
        for (;;) {
          const to = rest.indexOf('\n\n', from);
          if (to === -1) break;
          const data = rest.slice(from + 6, to);
          from = to + 2;
          if (data === '[DONE]') continue;
          const chunk = JSON.parse(data) as Chunk;
          length += chunk.choices[0]?.delta.content?.length ?? 0;
        }
        rest = rest.slice(from);
      }
      return length;
    },
  };
};
