export {
  createHuggingFace,
  type HuggingFaceApi,
  type HuggingFaceOptions,
  type HuggingFaceProvider,
  type HuggingFaceProviderOptions,
} from './huggingface.js';
export {
  createHuggingFaceCatalog,
  type HuggingFaceCatalog,
  type HuggingFaceCatalogOptions,
  type ModelSearch,
} from './catalog.js';
export type { Partner } from './partners.js';
export type { PartnerJob, TaskInput, TaskRequest, TaskResult } from './task.js';
export type { HfTask, HfTaskOutput, MappingEntry, Routing } from '@inferway/wire';
export {
  createHuggingFaceEndpoint,
  type EndpointEngine,
  type HuggingFaceEndpointOptions,
} from './endpoint.js';
