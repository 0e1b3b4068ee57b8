import type { Call, ProviderOf } from '@inferway/core';
import { defineProvider, endpoint, type Identity, type Profile } from '@inferway/provider-kit';
import { openaiTranscriptions, openaiTranscriptionsPath } from '@inferway/wire';
import type { FireworksOptions } from './fireworks-options.js';

const HOSTS = {
  large: 'https://audio-prod.us-virginia-1.direct.fireworks.ai',
  turbo: 'https://audio-turbo.us-virginia-1.direct.fireworks.ai',
} as const;

const TRANSCRIBE = endpoint({
  format: openaiTranscriptions,
  path: (model, request) => `v1/${openaiTranscriptionsPath(model, request)}`,
  dialect: {
    forms: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
    diarize: { field: 'diarize' },
    streams: false,
    unsupported: ['logprobs'],
  },
});

type Audio = Pick<ProviderOf<'fireworks', 'transcribe'>, 'transcribe' | 'traits'>;

/** Transcriptions, which Fireworks serves at an address for each model (docs.fireworks.ai, "Transcribe audio"). */
export function audioOf(
  identity: Omit<Identity<'fireworks'>, 'baseUrl'>,
  { audioBaseUrl, baseUrl }: FireworksOptions,
): Audio {
  const at = (standard: string): ProviderOf<'fireworks', 'transcribe'> =>
    defineProvider({
      ...identity,
      baseUrl: {
        given: audioBaseUrl ?? baseUrl,
        env: 'FIREWORKS_BASE_URL',
        standard,
        without: '/v1',
      },
      endpoints: { transcribe: TRANSCRIBE },
    } satisfies Profile<'fireworks', { transcribe: typeof TRANSCRIBE }>);
  const large = at(HOSTS.large);
  const turbo = at(HOSTS.turbo);
  return {
    traits: large.traits,
    transcribe: (call: Call<'transcribe'>) =>
      (call.model.id.includes('turbo') ? turbo : large).transcribe(call),
  };
}
