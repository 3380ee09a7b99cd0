export { type AcceptanceHook, type AcceptanceQuestion, defaultThreshold } from './accept.js'
export { defaultMaxBundleSize, type ImportReport } from './bundle.js'
export {
  type CacheStatistics,
  createL4Cache,
  type L4Cache,
  type ModuleDetails,
  type SearchOptions,
} from './cache.js'
export { type CalibrateOptions, type Calibration, calibrate, type LabelledPair } from './calibrate.js'
export type { Acceptance, Candidate, Hit, QueryAnswer } from './candidates.js'
export { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.js'
export {
  type CollectOptions,
  type CollectReport,
  type Eviction,
  minGraceMs,
  type StoreLimits,
} from './collect.js'
export type { Counters } from './core.js'
export { normalizeDescription } from './description.js'
export {
  createEphemeralSigner,
  createSigner,
  createVerifier,
  keyIdOf,
  requirePublicKey,
} from './ed25519.js'
export { vectorBytes, vectorOfBytes } from './embedding.js'
export {
  decodeEnvelope,
  type Envelope,
  type EnvelopeSignature,
  encodeEnvelope,
  maxEnvelopeSize,
  signedBytes,
} from './envelope.js'
export { decodeEvidence, type Evidence, encodeEvidence } from './evidence.js'
export { createExactIndex, type ExactIndex, type ExactIndexOptions } from './exact-index.js'
export type { Gate } from './gates.js'
export { createHashEmbedder, type HashEmbedderOptions } from './hash-embedder.js'
export type { LoadAnswer, LoadedModule, LoadTarget } from './load.js'
export {
  decodeManifest,
  encodeManifest,
  type ModuleManifest,
  manifestType,
  maxModuleSize,
} from './manifest.js'
export {
  createPrometheusMetrics,
  type Metrics,
  type PrometheusMetrics,
  silentMetrics,
} from './metrics.js'
export { createModuleLookup, type ModuleLookupOptions, traceLine } from './module-lookup.js'
export { coversNamespace, isModuleName, isNamespace } from './names.js'
export type { L4CacheOptions } from './options.js'
export type { NearRecord } from './partitions.js'
export type { NearDuplicate, PublishAnswer, PublishRequest, StoredBlob } from './publish.js'
export type { Quarantined } from './quarantine.js'
export type { QueryRequest } from './query.js'
export { type RecordKey, recordIdOf } from './record-id.js'
export { requireLowering } from './record-status.js'
export type { Grants, ModuleRequest } from './request.js'
export type { RenewOptions, RenewReport } from './resign.js'
export type { StoreCheck, StoreReport } from './scan.js'
export { silentLogger, systemClock, systemRandom } from './system.js'
export { createTieredBlobStore, type TieredBlobStoreOptions } from './tiered-blob-store.js'
export { type KeyGrant, trustedKeyOf } from './trusted-key.js'
export { createTurns, type Turns } from './turns.js'
export { requireCount, requireDimension, unitVector } from './vector-checks.js'
