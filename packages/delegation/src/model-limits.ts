import type { CallOptions, ModelProvider } from '@rtfs/interfaces'
import { modelError } from './model-errors.js'
import { wrapModel } from './models.js'
import { abortedBy, throwIfAborted, withDeadline } from './timing.js'

/** Lets so many callers through at a time; others wait in their order. */
export interface Gate {
  readonly waiting: number
  enter(options?: CallOptions): Promise<() => void>
}

/** Makes a gate for `size` callers at a time. */
export function createGate(size: number): Gate {
  let inside = 0
  const queue = new Set<() => void>()

  function leave(): void {
    const [next] = queue
    if (next === undefined) inside--
    else {
      queue.delete(next)
      next()
    }
  }

  function pass(): () => void {
    let left = false
    return () => {
      if (!left) leave()
      left = true
    }
  }

  return {
    get waiting() {
      return queue.size
    },
    enter(options) {
      throwIfAborted(options)
      if (inside < size) {
        inside++
        return Promise.resolve(pass())
      }
      const signal = options?.signal
      return new Promise((resolve, reject) => {
        const stop = () => {
          queue.delete(go)
          reject(abortedBy(signal!))
        }
        const go = () => {
          signal?.removeEventListener('abort', stop)
          resolve(pass())
        }
        queue.add(go)
        signal?.addEventListener('abort', stop, { once: true })
      })
    },
  }
}

/** A model that is asked at most `size` things at a time. */
export function withConcurrency(provider: ModelProvider, size: number): ModelProvider {
  const gate = createGate(size)
  return wrapModel(provider, async (request, options) => {
    const leave = await gate.enter(options)
    try {
      return await provider.infer(request, options)
    } finally {
      leave()
    }
  })
}

/** A model whose calls end after so many milliseconds, whether it listens to its signal or not. */
export function withTimeout(provider: ModelProvider, ms: number): ModelProvider {
  return wrapModel(provider, (request, options) =>
    withDeadline(
      ms,
      options,
      signal => provider.infer(request, { ...options, signal }),
      () => modelError(provider.id, 'timeout', `no answer within ${ms} ms`),
    ),
  )
}
