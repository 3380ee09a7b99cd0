export { decision, describeTarget, localPure } from './decision.js'
export {
  createDecisionCache,
  type DecisionCache,
  type DecisionCacheOptions,
  type DecisionCacheStatistics,
} from './decision-cache.js'
export { createL4AwareDelegationEngine, type L4EngineOptions, modesFor } from './l4-engine.js'
export { createEchoModel, createModelRegistry, type ModelRegistry } from './model-registry.js'
export {
  createStaticDelegationEngine,
  type StaticDelegationEngine,
  type StaticEngineOptions,
} from './static-engine.js'
