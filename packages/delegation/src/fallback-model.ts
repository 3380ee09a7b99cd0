import { RtfsError } from '@rtfs/core'
import type { Clock, Logger, ModelProvider } from '@rtfs/interfaces'
import { type BreakerOptions, type CircuitBreaker, createCircuitBreaker } from './model-breaker.js'
import { type ModelErrorClass, modelError, modelErrorClass } from './model-errors.js'
import { systemTiming, throwIfAborted, withDeadline } from './timing.js'

export interface FallbackModelOptions {
  /** Id of the chain, as hints, rules and grants name it. */
  readonly id: string
  /** Asked in this order. */
  readonly models: readonly ModelProvider[]
  /**
   * Milliseconds for all attempts together: each gets an equal share of what is left, so that the last one has time,
   * too. Default 60,000.
   */
  readonly deadlineMs?: number
  /** Classes that pass on to the next model. Default: all but `refused`. */
  readonly on?: readonly ModelErrorClass[]
  readonly breaker?: BreakerOptions
  readonly clock?: Clock
  /** Told of every attempt that failed. */
  readonly logger?: Logger
}

/** A chain of models that answers as one; the answer's `model` is the one that gave it. */
export interface FallbackModel extends ModelProvider {
  readonly models: readonly string[]
  /** The breaker of each model. */
  readonly breakers: ReadonlyMap<string, CircuitBreaker>
}

const passedOn: readonly ModelErrorClass[] = [
  'unavailable',
  'timeout',
  'rate-limited',
  'out-of-budget',
  'invalid-answer',
]

/** Makes a chain: the next model is asked when one fails, is too slow, out of budget or held back by its breaker. */
export function createFallbackModel(options: FallbackModelOptions): FallbackModel {
  const { id, models, deadlineMs = 60_000, on = passedOn, clock = systemTiming, logger } = options
  if (models.length === 0) throw new RtfsError('RTFS_USAGE', `the chain ${id} has no models`)
  const breakers = new Map(
    models.map(model => [model.id, createCircuitBreaker({ clock, ...options.breaker })]),
  )
  return {
    id,
    models: models.map(model => model.id),
    breakers,
    // Any of them may answer.
    revision: models.map(({ id: model, revision = '' }) => `${model}@${revision}`).join(' '),
    async infer(request, callOptions) {
      const ends = clock.monotonic() + deadlineMs
      const failures: string[] = []
      let last: unknown
      let streamed = false
      const onText = callOptions?.onText
      for (const [i, model] of models.entries()) {
        throwIfAborted(callOptions)
        const share = (ends - clock.monotonic()) / (models.length - i)
        const late = () => modelError(model.id, 'timeout', `no answer within its ${Math.round(share)} ms`)
        const ask = (signal: AbortSignal) =>
          model.infer(
            { ...request, model: model.id },
            {
              ...callOptions,
              signal,
              ...(onText === undefined
                ? {}
                : {
                    onText: (part: string) => {
                      // An attempt that was given up may still be talking.
                      if (signal.aborted) return
                      streamed = true
                      onText(part)
                    },
                  }),
            },
          )
        try {
          const breaker = breakers.get(model.id)!
          return await breaker.run(model.id, () => withDeadline(share, callOptions, ask, late))
        } catch (error) {
          const errorClass = modelErrorClass(error)
          if (errorClass === undefined || streamed || !on.includes(errorClass)) throw error
          last = error
          failures.push(`${model.id} ${errorClass}`)
          logger?.log('warn', 'model.fallback', { chain: id, model: model.id, class: errorClass })
        }
      }
      // What may pass by itself stays retriable for whoever asked the chain.
      const errorClass = modelErrorClass(last) ?? 'unavailable'
      throw modelError(id, errorClass, `no model of the chain answered: ${failures.join(', ')}`, {
        cause: last,
      })
    },
  }
}
