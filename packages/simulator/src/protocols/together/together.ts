import { openaiChat, openaiCompletions, openaiEmbeddings } from '@inferway/wire';
import { togetherBatch } from '../../batches/batch-json.js';
import { batchRoutes } from '../../batches/batch-routes.js';
import { chatEndpoint } from '../../serve/chat-endpoint.js';
import { completeEndpoint } from '../../serve/complete-endpoint.js';
import type { SimulatorContext } from '../../serve/context.js';
import { editedFormat } from '../../serve/edited-format.js';
import { embedEndpoint } from '../../serve/embed-endpoint.js';
import { getRoute, postRoute } from '../../serve/plain-routes.js';
import { brokenRule } from '../openai/rules.js';
import type { Protocol } from '../protocol.js';
import { mediaRoutes } from './media-routes.js';
import { togetherItem } from './models.js';
import { togetherVoice as voice } from './voice.js';
import { togetherCompletionWords, togetherWords } from './words.js';

/** Together AI's chats, completions, embeddings, images, audio, rankings, models, files and batches. */
export function together(context: SimulatorContext): Protocol<'together'> {
  const chat = {
    ...chatEndpoint({
      format: editedFormat(openaiChat, togetherWords),
      voice,
      cache: 'automatic',
      reasoning: 'shown',
      callPrefix: 'call_',
    }),
    check: brokenRule,
  };
  const complete = completeEndpoint(
    editedFormat(openaiCompletions, togetherCompletionWords),
    voice,
  );
  const embed = embedEndpoint(editedFormat(openaiEmbeddings, { provider: 'together' }), voice);
  return {
    name: 'together',
    prefix: '/together',
    basePath: '/together/v1',
    voice,
    routes: [
      postRoute(/^\/v1\/chat\/completions$/u, chat, context),
      postRoute(/^\/v1\/completions$/u, complete, context),
      postRoute(/^\/v1\/embeddings$/u, embed, context),
      ...mediaRoutes(context),
      // A bare list.
      getRoute(/^\/v1\/models$/u, voice, context, () => context.models.map(togetherItem)),
      ...batchRoutes(context, {
        voice,
        prefix: '/v1',
        endpoints: { '/v1/chat/completions': chat },
        purpose: 'batch-api',
        uploadPath: '/files/upload',
        lineNamesRoute: false,
        listsUnrun: false,
        show: togetherBatch,
        ordered: (job) => ({ job }),
        listed: (jobs) => jobs,
        orderedStatus: 201,
      }),
    ],
  };
}
