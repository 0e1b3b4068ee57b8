// For Node: batches that outlive their process
export { fileBatchStore, type FileBatchStoreOptions } from './file-batch-store.js';
