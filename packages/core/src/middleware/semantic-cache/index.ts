// The layer
export { semanticCache } from './semantic-cache.js';
export type { SemanticCacheOptions, Verify } from './semantic-options.js';

// What makes vectors
export {
  clientEmbedder,
  type ClientEmbedderOptions,
  type Embedded,
  type Embedder,
  type EmbeddingClient,
  type EmbeddingModel,
} from './embedder.js';

// What vectors blur
export { sameFacts } from './same-facts.js';

// Where vectors are
export type { Neighbour, VectorIndex } from '../../stores/vector-index.js';
export { memoryVectors, type MemoryVectorsOptions } from '../../stores/memory-vectors.js';
