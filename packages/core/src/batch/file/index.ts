// Where batches are written down
export { memoryBatchStore } from '../memory-batch-store.js';
// For Node: batches that outlive their process
export { fileBatchStore, type FileBatchStoreOptions } from './file-batch-store.js';
