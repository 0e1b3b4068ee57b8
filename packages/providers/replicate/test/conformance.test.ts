import { jsonAnswer, rawScript, testProvider, type Sample } from '@inferway/conformance';
import { fileBase64, type FileData, type JsonValue } from '@inferway/core';
import { describe, it } from 'vitest';
import { createReplicate } from '../src/index.js';
import { predictionTraits } from '../src/model-output.js';
import { predictionScript } from './support/prediction-script.js';

const VERSION = 'a'.repeat(64);

/** A sound, asked for as bytes: a model gives it as it likes. */
const SPEECH: Sample<'speech'> = {
  request: { text: 'the password of the vault is marzipan', delivery: 'bytes' },
  answer: {
    result: {
      audio: { type: 'bytes', data: Buffer.from('RIFF…WAVE'), mediaType: 'audio/wav' },
    },
  },
};

const PIECES = ['Grüße, ', '世界! 🌊 ', 'and "more"'];
const USAGE = { inputTokens: 4, outputTokens: 3 };

const PREDICTION: Sample<'prediction'> = {
  request: { input: { prompt: 'the lighthouse keeper Zephyrine', steps: 4 } },
  answer: {
    result: { id: 'p', status: 'succeeded', output: PIECES, logs: '' },
    usage: USAGE,
  },
  events: [
    { type: 'start', id: 'p' },
    ...PIECES.map((output) => ({ type: 'output' as const, output })),
    { type: 'end', usage: USAGE },
  ],
  secret: 'the lighthouse keeper Zephyrine',
};

const delta = (event: { readonly type: string; readonly text?: unknown }): string | undefined =>
  event.type === 'text-delta' ? String(event.text) : undefined;

const dataUrl = (file: FileData): string =>
  `data:${('mediaType' in file ? file.mediaType : undefined) ?? ''};base64,${fileBase64(file)}`;

testProvider(({ baseUrl, apiKey, transport }) => createReplicate({ baseUrl, apiKey, transport }), {
  runner: { describe, it },
  model: 'owner/name',
  operations: ['chat', 'complete', 'embed', 'image', 'speech', 'transcribe', 'prediction', 'raw'],
  samples: { speech: SPEECH, prediction: PREDICTION },
  wire: {
    chat: predictionScript('chat', {
      output: ({ message }) =>
        message.content.map((part) => (part.type === 'text' ? part.text : '')),
      piece: delta,
    }),
    complete: predictionScript('complete', { output: ({ text }) => [text], piece: delta }),
    embed: predictionScript('embed', { output: ({ embeddings }) => embeddings as JsonValue }),
    image: predictionScript('image', {
      output: ({ images }) => images.map(({ image }) => dataUrl(image)),
    }),
    speech: predictionScript('speech', { output: ({ audio }) => dataUrl(audio) }),
    transcribe: predictionScript('transcribe', { output: ({ text }) => text }),
    prediction: {
      ...predictionScript('prediction', {
        output: ({ output }) => output as JsonValue,
        piece: (event) => (event.type === 'output' ? String(event.output) : undefined),
      }),
      traits: predictionTraits,
    },
    raw: rawScript,
  },
  models: {
    ids: ['owner/official', `owner/other:${VERSION}`],
    answer: (path) =>
      path.includes('cursor')
        ? jsonAnswer({
            results: [{ owner: 'owner', name: 'other', latest_version: { id: VERSION } }],
          })
        : jsonAnswer({
            next: 'https://elsewhere.example/v1/models?cursor=abc',
            results: [{ owner: 'owner', name: 'official', is_official: true }],
          }),
  },
});
