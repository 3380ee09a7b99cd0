export {
  type AdaptiveIndex,
  type AdaptiveIndexOptions,
  createAdaptiveIndex,
  openAdaptiveIndex,
} from './adaptive-index.js'
export { createHnswIndex, type HnswIndex, type HnswIndexOptions } from './hnsw-index.js'
export { type Hnswlib, isHnswAvailable, type NativeIndex } from './hnswlib.js'
export { createIndexFolder, type IndexFolderOptions } from './index-folder.js'
