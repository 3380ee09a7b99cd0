import { languageError } from '@rtfs/core'
import type { ModelProvider } from '@rtfs/interfaces'
import { createModelBudget, type ModelBudget, type ModelBudgetOptions, withBudget } from './model-budget.js'
import { withConcurrency, withTimeout } from './model-limits.js'

/** Bounds for one provider. What is left out is not bounded. */
export interface ProviderLimits extends ModelBudgetOptions {
  /** Requests at a time; others wait. */
  readonly concurrency?: number
  /** Milliseconds for one answer. */
  readonly timeoutMs?: number
}

export interface ModelRegistryOptions {
  /** By model id. */
  readonly limits?: ReadonlyMap<string, ProviderLimits>
  /** For providers without an entry in `limits`. */
  readonly defaults?: ProviderLimits
}

/** Model providers of this process by id, each within its limits. */
export interface ModelRegistry {
  /** Takes the place of an earlier provider with the id; the budget goes on. */
  register(provider: ModelProvider): void
  /** False when there was none. */
  remove(id: string): boolean
  find(id: string): ModelProvider | undefined
  /** The provider, or NotImplemented `Model provider not found: id` (LANGUAGE §15.5). */
  require(id: string): ModelProvider
  /** What was taken from the provider's budget; `undefined` where nothing is registered. */
  budget(id: string): ModelBudget | undefined
  readonly ids: readonly string[]
  /** Counts up with every registration and removal. */
  readonly epoch: number
}

/** Makes a registry holding the given providers. */
export function createModelRegistry(
  providers: readonly ModelProvider[] = [],
  options: ModelRegistryOptions = {},
): ModelRegistry {
  const byId = new Map<string, ModelProvider>()
  const budgets = new Map<string, ModelBudget>()
  let epoch = 0

  function register(provider: ModelProvider): void {
    const { id } = provider
    const limits = options.limits?.get(id) ?? options.defaults ?? {}
    let budget = budgets.get(id)
    if (budget === undefined) budgets.set(id, (budget = createModelBudget(limits)))
    let bounded = provider
    if (limits.timeoutMs !== undefined) bounded = withTimeout(bounded, limits.timeoutMs)
    // The budget is taken when the request goes out, not while it waits for its turn.
    bounded = withBudget(bounded, budget)
    if (limits.concurrency !== undefined) bounded = withConcurrency(bounded, limits.concurrency)
    byId.set(id, bounded)
    epoch++
  }

  for (const provider of providers) register(provider)
  epoch = 0

  return {
    register,
    remove(id) {
      const had = byId.delete(id)
      if (had) epoch++
      return had
    },
    find: id => byId.get(id),
    require(id) {
      const provider = byId.get(id)
      if (provider !== undefined) return provider
      const message = `Model provider not found: ${id}`
      throw languageError('NotImplemented', `Not implemented: ${message}`, { message })
    },
    budget: id => (byId.has(id) ? budgets.get(id) : undefined),
    get ids() {
      return [...byId.keys()]
    },
    get epoch() {
      return epoch
    },
  }
}
