import { type RetryOptions, retrying } from '@rtfs/core/http'
import type { ModelProvider } from '@rtfs/interfaces'
import { isTransient, retryAfterOf } from './model-errors.js'
import { wrapModel } from './models.js'

export type { RetryOptions }

/**
 * A model that is asked again after failures that may pass by themselves, with growing, spread waits. Nothing is asked
 * again once a part of the answer was streamed: the caller has seen it.
 */
export function withRetry(provider: ModelProvider, options: RetryOptions = {}): ModelProvider {
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
    return retrying(
      () => provider.infer(request, watched),
      error => (streamed || !isTransient(error) ? undefined : { afterMs: retryAfterOf(error) }),
      options,
      callOptions,
    )
  })
}
