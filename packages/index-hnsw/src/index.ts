export { type AdaptiveIndexOptions, createAdaptiveIndex } from './adaptive-index.js'
export { createHnswIndex, type HnswIndex, type HnswIndexOptions } from './hnsw-index.js'
export { type Hnswlib, isHnswAvailable, type NativeIndex } from './hnswlib.js'
