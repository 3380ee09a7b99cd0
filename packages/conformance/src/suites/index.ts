export { blobStoreSuite } from './blob-store.js'
export { type BytecodeTarget, bytecodeTargetSuite } from './bytecode-target.js'
export { cacheStoreSuite } from './cache-store.js'
export type { StoreSuiteOptions } from './check.js'
export { embedderSuite } from './embedder.js'
export {
  type CompileForIsolation,
  type IsolatedModule,
  isolatedExecutorSuite,
} from './isolated-executor.js'
export { journalStoreSuite } from './journal-store.js'
export { type ModelBehaviour, type ModelUnderTest, modelProviderSuite } from './model-provider.js'
export { recordStoreSuite, sampleRecord } from './record-store.js'
export { clusteredVectors, createNumbers, vectorIndexSuite } from './vector-index.js'
