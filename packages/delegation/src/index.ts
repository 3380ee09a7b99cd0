export { type CacheManager, type CacheTiers, createCacheManager } from './cache-manager.js'
export { decision, describeTarget, explain, localPure } from './decision.js'
export {
  type CacheEvent,
  createDecisionCache,
  type DecisionCache,
  type DecisionCacheOptions,
} from './decision-cache.js'
export type { EvictionPolicy } from './eviction.js'
export { createFallbackDelegationEngine, type FallbackEngineOptions } from './fallback-engine.js'
export { createFallbackModel, type FallbackModel, type FallbackModelOptions } from './fallback-model.js'
export { createInferenceCache, type InferenceCache, type InferenceCacheOptions } from './inference-cache.js'
export { createL4AwareDelegationEngine, type L4EngineOptions, modesFor } from './l4-engine.js'
export { createMemoryCacheStore, type MemoryCacheStoreOptions } from './memory-cache-store.js'
export {
  type BreakerOptions,
  type BreakerState,
  type CircuitBreaker,
  createCircuitBreaker,
  withBreaker,
} from './model-breaker.js'
export {
  createModelBudget,
  type ModelBudget,
  type ModelBudgetLimits,
  type ModelBudgetOptions,
  type ModelBudgetSpent,
  type ModelPrices,
  withBudget,
} from './model-budget.js'
export {
  isTransient,
  type ModelErrorClass,
  type ModelErrorOptions,
  modelError,
  modelErrorClass,
  retryAfterOf,
} from './model-errors.js'
export { createGate, type Gate, withConcurrency, withTimeout } from './model-limits.js'
export {
  createModelRegistry,
  type ModelRegistry,
  type ModelRegistryOptions,
  type ProviderLimits,
} from './model-registry.js'
export { type RetryOptions, withRetry } from './model-retry.js'
export {
  createEchoModel,
  createScriptedModel,
  estimateTokens,
  type ScriptedAnswer,
  type ScriptedModel,
  type ScriptedModelOptions,
  totalTokens,
  wrapModel,
} from './models.js'
export { createModuleStatistics, type ModuleStatistics } from './module-statistics.js'
export {
  type DataClass,
  matchesPattern,
  type Policy,
  type PolicyModel,
  type PolicyRule,
  type PolicyTarget,
  type WeightedTarget,
} from './policy.js'
export {
  createPolicyDelegationEngine,
  type PolicyDelegationEngine,
  type PolicyEngineOptions,
} from './policy-engine.js'
export { parsePolicy } from './policy-file.js'
export { type KeyOptions, keygen, scopeKeyOf, similarityTextOf } from './request-key.js'
export {
  createSemanticCache,
  normalText,
  type SemanticCache,
  type SemanticCacheOptions,
  type SimilarTexts,
} from './semantic-cache.js'
export {
  createStaticDelegationEngine,
  type StaticDelegationEngine,
  type StaticEngineOptions,
} from './static-engine.js'
export { abortedBy, systemTiming, type Timing, withDeadline } from './timing.js'
