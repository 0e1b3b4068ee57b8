// The answers of the benchmark's upstream. They are canned on purpose: the upstream must cost the same for every subject, and
// everything it says is simulated.

const ANSWER =
  'Simulated answer. The quick brown fox jumps over the lazy dog while the slow red panda watches from a tree and says nothing at all.';

/** A chat completion of about 600 bytes. */
export const UNARY_BODY: string = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'bench',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: ANSWER, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 24,
    completion_tokens: 28,
    total_tokens: 52,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
  system_fingerprint: 'fp_bench',
});

const HEAD =
  '{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench","system_fingerprint":"fp_bench",';

/** The pieces of a streamed chat completion with `events` content chunks, then finish, usage and `[DONE]`. */
export function streamPieces(events: number): string[] {
  const pieces = [
    `data: ${HEAD}"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}\n\n`,
  ];
  for (let i = 0; i < events; i++) {
    const text = JSON.stringify(` word${i}`);
    pieces.push(
      `data: ${HEAD}"choices":[{"index":0,"delta":{"content":${text}},"logprobs":null,"finish_reason":null}],"usage":null}\n\n`,
    );
  }
  pieces.push(
    `data: ${HEAD}"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n`,
  );
  pieces.push(
    `data: ${HEAD}"choices":[],"usage":{"prompt_tokens":24,"completion_tokens":${events},"total_tokens":${24 + events}}}\n\n`,
  );
  pieces.push('data: [DONE]\n\n');
  return pieces;
}
