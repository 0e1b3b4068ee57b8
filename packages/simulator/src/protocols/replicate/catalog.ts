import { createHash } from 'node:crypto';
import type { SimulatedModel } from '../../models.js';
import { ORGANISATION } from '../../serve/model-reference.js';
import type { CatalogModel, ModelKind } from './model-kind.js';
import { embeddingModel } from './works/embedding.js';
import { helloModel } from './works/hello.js';
import { imageModel } from './works/image.js';
import { languageModel } from './works/language.js';
import { speechModel } from './works/speech.js';
import { transcriptionModel } from './works/transcription.js';

/** The models that a simulator serves in this protocol: its own chat and embedding models, and some that make images and sound. */
export function catalogOf(models: readonly SimulatedModel[]): readonly CatalogModel[] {
  const own = models.flatMap((model): CatalogModel[] => {
    switch (model.kind ?? 'chat') {
      case 'chat':
        return [named(model.id, true, languageModel(model))];
      case 'embedding':
        return [named(model.id, false, embeddingModel(model))];
      default:
        return [];
    }
  });
  return [
    ...own,
    named('sim-image', true, imageModel({ per: 'image', amount: 3_000_000 })),
    named('sim-diffusion', false, imageModel({ per: 'second', amount: 975_000 })),
    named('sim-speech', true, speechModel),
    named('sim-whisper', false, transcriptionModel),
    named('sim-hello', false, helloModel),
  ];
}

/** `inferway/sim-image` → the model. */
export function findByName(
  catalog: readonly CatalogModel[],
  owner: string,
  name: string,
): CatalogModel | undefined {
  return catalog.find((model) => model.owner === owner && model.name === name);
}

/** What a body's `version` names: `<hash>`, `owner/name:<hash>`, or `owner/name` of an official model. */
export function findByVersion(
  catalog: readonly CatalogModel[],
  text: string,
): CatalogModel | undefined {
  return catalog.find((model) => {
    const name = `${model.owner}/${model.name}`;
    return (
      text === model.version ||
      text === `${name}:${model.version}` ||
      (model.official && text === name)
    );
  });
}

function named(name: string, official: boolean, kind: ModelKind): CatalogModel {
  const version = createHash('sha256').update(`${ORGANISATION}/${name}`).digest('hex');
  return { ...kind, owner: ORGANISATION, name, official, version };
}
