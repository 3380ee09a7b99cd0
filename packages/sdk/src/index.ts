export {
  openSqliteCacheStore,
  openSqliteJournalStore,
  type SqliteCacheStoreOptions,
  type SqliteJournalStore,
  type SqliteJournalStoreOptions,
} from '@rtfs/store-sqlite'
export { type CheckedProgram, type CheckOptions, checkProgram } from './check.js'
export { matchesExample, runExample } from './examples.js'
export { pureExecution } from './execution.js'
export { describeFunction, type FunctionInfo, findFunction, functionsOf } from './functions.js'
export type { IsolationLevel } from './isolated-call.js'
export type { ModelOptions, SimilarAnswers } from './models.js'
export { unitOfModule } from './module-unit.js'
export type { PublishedFunction, PublishOptions } from './publish.js'
export type { RecompileReport } from './recompile.js'
export { interfaceOf } from './request.js'
export {
  type CallOptions,
  createRtfs,
  defaultDirectory,
  type FindRequest,
  type Rtfs,
  type RtfsOptions,
} from './rtfs.js'
export { type SelfContained, selfContained } from './self-contained.js'
export { defaultNamespace, type EmbeddedStore, openEmbeddedStore, type StoreOptions } from './store.js'
export { createRunner, createVerifier, verificationLimits } from './verifier.js'
export {
  type Bytecode,
  bytecodeOf,
  compileFunction,
  prepareCompiled,
  type TargetName,
  wasmBytecode,
} from './wasm.js'
