export { createMemoryBlobStore } from './memory-blob-store.js'
export { createMemoryRecordStore } from './memory-record-store.js'
export { createMemoryTrustStore, type MemoryTrustStore } from './memory-trust-store.js'
