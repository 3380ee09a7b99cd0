import type { InferenceRequest, InferenceResponse, ModelProvider, ModelUsage } from '@rtfs/interfaces'
import { modelError } from './model-errors.js'
import { estimateTokens, totalTokens, wrapModel } from './models.js'

/** What a model may use in all; what is left out is not bounded. */
export interface ModelBudgetLimits {
  readonly calls?: number
  readonly tokens?: number
  /** US dollars. Needs `prices` where the model does not say what a call cost. */
  readonly usd?: number
}

/** US dollars for a million tokens. */
export interface ModelPrices {
  readonly input: number
  readonly output: number
}

export interface ModelBudgetOptions extends ModelBudgetLimits {
  readonly prices?: ModelPrices
  /** At most so many tokens a request may use. Default: `estimateTokens`. */
  readonly estimate?: (request: InferenceRequest) => number
}

export interface ModelBudgetSpent {
  readonly calls: number
  readonly tokens: number
  readonly usd: number
}

/** An account that calls of models are taken from before they happen. May be shared by several models. */
export interface ModelBudget {
  /** Spent, with what calls in progress have reserved. */
  readonly spent: ModelBudgetSpent
  /** Takes a call and what it may use; gives the function that settles it. Throws when it does not fit. */
  take(model: string, request: InferenceRequest): (usage: ModelUsage | undefined) => InferenceCost
}

export interface InferenceCost {
  readonly usd: number
}

/** Makes an account. What a call turns out to have used replaces its reservation; without usage that stays. */
export function createModelBudget(limits: ModelBudgetOptions): ModelBudget {
  const { prices, estimate = estimateTokens } = limits
  let calls = 0
  let tokens = 0
  let usd = 0

  function require(model: string, what: 'calls' | 'tokens' | 'usd', wanted: number): void {
    const limit = limits[what]
    if (limit === undefined || wanted <= limit) return
    throw modelError(model, 'out-of-budget', `out of budget: ${what} (limit ${limit})`)
  }

  return {
    get spent() {
      return { calls, tokens, usd }
    },
    take(model, request) {
      const reservedTokens = estimate(request)
      // The dearer of the two prices bounds the cost, however the tokens fall.
      const price = prices === undefined ? 0 : Math.max(prices.input, prices.output)
      const reservedUsd = (reservedTokens * price) / 1e6
      require(model, 'calls', calls + 1)
      require(model, 'tokens', tokens + reservedTokens)
      require(model, 'usd', usd + reservedUsd)
      calls++
      tokens += reservedTokens
      usd += reservedUsd
      let settled = false
      return usage => {
        const cost = usage === undefined ? reservedUsd : costOf(usage, prices)
        if (!settled && usage !== undefined) {
          tokens += totalTokens(usage) - reservedTokens
          usd += cost - reservedUsd
        }
        settled = true
        return { usd: cost }
      }
    },
  }
}

function costOf(usage: ModelUsage, prices: ModelPrices | undefined): number {
  if (usage.costUsd !== undefined) return usage.costUsd
  if (prices === undefined) return 0
  return (usage.inputTokens * prices.input + usage.outputTokens * prices.output) / 1e6
}

/** A model whose calls are taken from a budget first; answers say what they cost where prices are known. */
export function withBudget(provider: ModelProvider, budget: ModelBudget): ModelProvider {
  return wrapModel(provider, async (request, options) => {
    const settle = budget.take(provider.id, request)
    let response: InferenceResponse
    try {
      response = await provider.infer(request, options)
    } catch (error) {
      settle(undefined)
      throw error
    }
    const { usage } = response
    const { usd } = settle(usage)
    if (usage === undefined || usage.costUsd !== undefined || usd === 0) return response
    return { ...response, usage: { ...usage, costUsd: usd } }
  })
}
