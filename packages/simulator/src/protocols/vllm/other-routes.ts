import { openaiEmbeddings, openaiTranscriptions, openaiTranslations, rerank } from '@inferway/wire';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat, type Payload, type WireEdits } from '../../serve/edited-format.js';
import { embedEndpoint } from '../../serve/embed-endpoint.js';
import { postRoute } from '../../serve/plain-routes.js';
import { rerankEndpoint } from '../../serve/rerank-endpoint.js';
import { transcribeEndpoint } from '../../serve/transcribe-endpoint.js';
import type { Route } from '../protocol.js';
import { vllmVoice as voice } from './voice.js';

/** A vLLM server's rankings, scores, poolings and transcriptions. */
export function otherRoutes(context: SimulatorContext): readonly Route[] {
  const own: WireEdits = { provider: 'vllm' };
  const ranked = rerankEndpoint(voice, editedFormat(rerank, rankingWords));
  const scored = rerankEndpoint(voice, editedFormat(rerank, scoreWords));
  const pooled = embedEndpoint(editedFormat(openaiEmbeddings, poolingWords), voice);
  const heard = transcribeEndpoint(voice, editedFormat(openaiTranscriptions, own));
  const translated = transcribeEndpoint(voice, editedFormat(openaiTranslations, own));
  return [
    // Some of them stand outside of `/v1`, too.
    postRoute(/^(?:\/v[12])?\/rerank$/u, ranked, context),
    postRoute(/^(?:\/v1)?\/score$/u, scored, context),
    postRoute(/^\/pooling$/u, pooled, context),
    postRoute(/^\/v1\/audio\/transcriptions$/u, heard, context),
    postRoute(/^\/v1\/audio\/translations$/u, translated, context),
  ];
}

const rankingWords: WireEdits = {
  provider: 'vllm',
  // Documents always come back.
  request(body) {
    body['return_documents'] = true;
  },
  answer(body) {
    delete body['meta'];
    body['usage'] ??= { total_tokens: 0 };
  },
};

/** `text_1` against each of `text_2`, in their order. */
const scoreWords: WireEdits = {
  provider: 'vllm score',
  request(body) {
    const texts = body['text_2'];
    body['query'] = body['text_1'];
    body['documents'] = Array.isArray(texts) ? texts : [texts];
    delete body['text_1'];
    delete body['text_2'];
  },
  answer(body) {
    const results = body['results'] as readonly { index: number; relevance_score: number }[];
    body['object'] = 'list';
    body['data'] = [...results]
      .sort((a, b) => a.index - b.index)
      .map(({ index, relevance_score: score }) => ({ index, object: 'score', score }));
    delete body['results'];
    delete body['meta'];
    body['usage'] ??= { total_tokens: 0 };
  },
};

const poolingWords: WireEdits = {
  provider: 'vllm pooling',
  answer(body) {
    body['data'] = (body['data'] as readonly Payload[]).map(({ index, embedding }) => ({
      index,
      object: 'pooling',
      data: embedding,
    }));
  },
};
