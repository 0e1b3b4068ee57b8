import type { TranscribeRequest } from '@inferway/core';
import { endpoint, rawEndpoint, type Endpoint } from '@inferway/provider-kit';
import {
  openaiImages,
  openaiImagesPath,
  openaiSpeech,
  openaiTranscriptions,
  openaiTranscriptionsPath,
  type ImageSetting,
  type OpenAIImagesDialect,
  type OpenAISpeechDialect,
  type OpenAITranscriptionsDialect,
} from '@inferway/wire';

/** No model of OpenAI's takes these. */
const NO_IMAGES: readonly ImageSetting[] = [
  'aspectRatio',
  'negativePrompt',
  'steps',
  'guidance',
  'seed',
];

const GPT_IMAGE: OpenAIImagesDialect = { delivery: 'none', unsupported: NO_IMAGES };

/** DALL·E gives PNGs alone, as links that are good for an hour unless bytes are asked for. */
const DALL_E: OpenAIImagesDialect = {
  streams: false,
  mediaType: 'image/png',
  unsupported: [...NO_IMAGES, 'format', 'compression', 'background', 'partialImages'],
};

function imageDialect(model: string): OpenAIImagesDialect {
  return model.startsWith('dall-e') ? DALL_E : GPT_IMAGE;
}

function speechDialect(model: string): OpenAISpeechDialect {
  const old = model.startsWith('tts-1');
  return {
    // The API demands one.
    voice: 'alloy',
    // In events the usage comes too; the older models send only the file.
    streams: old ? 'bytes' : 'sse',
    unsupported: ['language', 'sampleRate', 'user', ...(old ? (['instructions'] as const) : [])],
  };
}

/** By the reference of "Create transcription". */
function transcriptionDialect(
  model: string,
  { translate }: TranscribeRequest,
): OpenAITranscriptionsDialect {
  if (model.startsWith('whisper')) {
    return {
      forms: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
      streams: false,
      unsupported: [
        'diarize',
        'logprobs',
        ...(translate === true ? (['timestamps'] as const) : []),
      ],
    };
  }
  if (model.includes('diarize')) {
    return {
      forms: ['json', 'text', 'diarized_json'],
      unsupported: ['prompt', 'logprobs', 'timestamps'],
      // Demanded for recordings of more than 30 seconds.
      defaults: { chunking_strategy: 'auto' },
    };
  }
  // Of models that nobody has described everything is asked.
  if (!model.startsWith('gpt-')) return {};
  const noLogprobs = model.startsWith('gpt-transcribe') ? (['logprobs'] as const) : [];
  return { forms: ['json'], unsupported: ['diarize', ...noLogprobs] };
}

/** Images, audio, and whatever else the API has. */
export const media: {
  readonly image: Endpoint<'image'>;
  readonly speech: Endpoint<'speech'>;
  readonly transcribe: Endpoint<'transcribe'>;
  readonly raw: Endpoint<'raw'>;
} = {
  image: endpoint({ format: openaiImages, path: openaiImagesPath, dialect: imageDialect }),
  speech: endpoint({ format: openaiSpeech, path: 'audio/speech', dialect: speechDialect }),
  transcribe: endpoint({
    format: openaiTranscriptions,
    path: openaiTranscriptionsPath,
    dialect: transcriptionDialect,
  }),
  raw: rawEndpoint,
};
