import type { Clock, ModelProvider } from '@rtfs/interfaces'
import { isTransient, modelError, modelErrorClass } from './model-errors.js'
import { wrapModel } from './models.js'
import { systemTiming } from './timing.js'

export interface BreakerOptions {
  /** Failures in a row that open it. Default 5. */
  readonly failures?: number
  /** Milliseconds it stays open before one call may try. Default 30,000. */
  readonly openMs?: number
  readonly clock?: Clock
}

/** `closed`: calls pass. `open`: they fail at once. `half-open`: the next one tries. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Keeps calls from something that fails. */
export interface CircuitBreaker {
  readonly state: BreakerState
  /** Counts up with every change of `state`, also with that which only time makes. */
  readonly changes: number
  /** Runs the task, or throws at once when open. */
  run<T>(model: string, task: () => Promise<T>): Promise<T>
}

/**
 * Makes a breaker. Only failures that say something of the model's health count: unreachable, too slow, overloaded.
 * A call that its caller gave up counts as nothing.
 */
export function createCircuitBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const { failures: limit = 5, openMs = 30_000, clock = systemTiming } = options
  let failures = 0
  let openedAt: number | undefined
  let trying = false
  let changes = 0
  let seen: BreakerState = 'closed'

  function state(): BreakerState {
    const now = current()
    if (now !== seen) changes++
    seen = now
    return now
  }

  function current(): BreakerState {
    if (openedAt === undefined) return 'closed'
    return clock.monotonic() - openedAt >= openMs && !trying ? 'half-open' : 'open'
  }

  function failed(): void {
    failures++
    if (openedAt === undefined && failures < limit) return
    openedAt = clock.monotonic()
  }

  function succeeded(): void {
    failures = 0
    openedAt = undefined
  }

  return {
    get state() {
      return state()
    },
    get changes() {
      state()
      return changes
    },
    async run(model, task) {
      const now = state()
      if (now === 'open') {
        const waitMs = openMs - (clock.monotonic() - openedAt!)
        throw modelError(model, 'unavailable', `not asked: it failed ${failures} times in a row`, {
          retryAfterMs: Math.max(0, waitMs),
        })
      }
      const isTrial = now === 'half-open'
      if (isTrial) trying = true
      try {
        const answer = await task()
        succeeded()
        return answer
      } catch (error) {
        if (isTransient(error)) failed()
        // It answered, if only to refuse.
        else if (modelErrorClass(error) !== undefined && modelErrorClass(error) !== 'out-of-budget')
          succeeded()
        throw error
      } finally {
        if (isTrial) trying = false
      }
    },
  }
}

/** A model that is not asked while it keeps failing. */
export function withBreaker(
  provider: ModelProvider,
  breaker: CircuitBreaker = createCircuitBreaker(),
): ModelProvider {
  return wrapModel(provider, (request, options) =>
    breaker.run(provider.id, () => provider.infer(request, options)),
  )
}
