import type { FileInput } from '@inferway/core';

const messages = [{ role: 'user', content: 'Name a colour in one short sentence.' }] as const;

const REQUESTS: Readonly<Record<string, object>> = {
  chat: { messages },
  complete: { prompt: 'A colour is', maxOutputTokens: 20 },
  embed: { input: ['a red boat', 'a blue door'] },
  image: { prompt: 'A red boat on a lake', delivery: 'bytes' },
  speech: { text: 'A red boat.', voice: 'alloy', format: 'wav' },
  transcribe: { audio: tone(1) },
  rerank: { query: 'boats', documents: ['a blue door', 'a red boat', 'two boats'] },
  countTokens: { messages },
  task: { task: 'text-classification', inputs: 'I like this boat very much.' },
  prediction: { input: { text: 'boat' } },
  // What no operation covers is asked in the provider's own words: here for its list of models.
  raw: { path: 'models' },
};

// Where a provider has other paths, or other voices.
const REQUESTS_AT: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  openai: { raw: { path: 'moderations', json: { input: 'I like this boat.' } } },
  anthropic: { raw: { path: 'v1/models' } },
  fireworks: { raw: { path: 'v1/models' } },
  groq: { raw: { path: 'openai/v1/models' } },
  huggingface: { raw: { path: 'v1/models' } },
  vllm: { raw: { path: 'v1/models' } },
  tgi: { raw: { path: 'info' } },
  replicate: { speech: { text: 'A red boat.', format: 'wav' } },
};

/** What an operation of a provider is asked; the model comes beside. */
export function requestOf(provider: string, operation: string): object {
  const request = REQUESTS_AT[provider]?.[operation] ?? REQUESTS[operation];
  if (request === undefined) throw new Error(`Add a request for ${operation}.`);
  return request;
}

/** A WAV file of a tone, so that there is something to hear. */
function tone(seconds: number): FileInput {
  const rate = 8000;
  const samples = new Int16Array(rate * seconds);
  for (let index = 0; index < samples.length; index++) {
    samples[index] = Math.round(8000 * Math.sin((2 * Math.PI * 440 * index) / rate));
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return new Blob([header, samples], { type: 'audio/wav' });
}
