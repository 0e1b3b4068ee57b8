import type { SimulatorContext } from '../../serve/context.js';
import type { Protocol } from '../protocol.js';
import { accountRoutes } from './account-routes.js';
import { deploymentRoutes } from './deployment-routes.js';
import { Desk, PREFIX } from './desk.js';
import { fileRoutes } from './file-routes.js';
import { modelRoutes } from './model-routes.js';
import { predictionRoutes } from './prediction-routes.js';
import { streamRoute } from './stream-route.js';
import { replicateVoice } from './voice.js';

/** Replicate's predictions with their streams and webhooks, files, models, deployments and account. */
export function replicate(context: SimulatorContext): Protocol<'replicate'> {
  const desk = new Desk(context);
  return {
    name: 'replicate',
    prefix: PREFIX,
    basePath: `${PREFIX}/v1`,
    voice: replicateVoice,
    routes: [
      ...predictionRoutes(desk),
      streamRoute(desk),
      ...fileRoutes(desk),
      ...modelRoutes(desk),
      ...deploymentRoutes(desk),
      ...accountRoutes(desk),
    ],
    close: () => desk.close(),
  };
}
