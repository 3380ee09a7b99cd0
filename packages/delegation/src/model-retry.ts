import type { ModelProvider } from '@rtfs/interfaces'
import { isTransient, retryAfterOf } from './model-errors.js'
import { wrapModel } from './models.js'
import { systemTiming, type Timing, throwIfAborted } from './timing.js'

export interface RetryOptions {
  /** Attempts in all. Default 3. */
  readonly attempts?: number
  /** First wait; doubled each time. Default 250 ms. */
  readonly baseMs?: number
  /** No wait is longer, nor is one that a server asks for followed. Default 10,000 ms. */
  readonly maxMs?: number
  readonly timing?: Timing
  /** A number from 0 to 1: waits are spread from half to all of their length. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * A model that is asked again after failures that may pass by themselves, with growing, spread waits. Nothing is asked
 * again once a part of the answer was streamed: the caller has seen it.
 */
export function withRetry(provider: ModelProvider, options: RetryOptions = {}): ModelProvider {
  const { attempts = 3, baseMs = 250, maxMs = 10_000, timing = systemTiming, random = Math.random } = options
  return wrapModel(provider, async (request, callOptions = {}) => {
    let streamed = false
    const { onText } = callOptions
    const watched =
      onText === undefined
        ? callOptions
        : {
            ...callOptions,
            onText: (part: string) => {
              streamed = true
              onText(part)
            },
          }
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(callOptions)
      try {
        return await provider.infer(request, watched)
      } catch (error) {
        if (attempt >= attempts || streamed || !isTransient(error)) throw error
        const asked = retryAfterOf(error)
        if (asked !== undefined && asked > maxMs) throw error
        const grown = Math.min(maxMs, baseMs * 2 ** (attempt - 1))
        await timing.sleep(Math.max(asked ?? 0, grown * (0.5 + random() / 2)), callOptions)
      }
    }
  })
}
