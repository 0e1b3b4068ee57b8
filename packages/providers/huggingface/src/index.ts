export {
  createHuggingFace,
  type HuggingFaceOptions,
  type HuggingFaceProviderOptions,
} from './huggingface.js';
export {
  createHuggingFaceCatalog,
  type HuggingFaceCatalog,
  type HuggingFaceCatalogOptions,
} from './catalog.js';
export type { Routing } from './routed-model.js';
