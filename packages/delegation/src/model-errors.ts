import { isRtfsError, Keyword, keyword, languageError, type RtfsError } from '@rtfs/core'

/**
 * What went wrong with a model. `unavailable`, `timeout` and `rate-limited` may pass by themselves; `out-of-budget` is
 * ours; `refused` (credentials, a bad request) and `invalid-answer` will not change by asking again.
 */
export type ModelErrorClass =
  | 'unavailable'
  | 'timeout'
  | 'rate-limited'
  | 'out-of-budget'
  | 'refused'
  | 'invalid-answer'

const classes: ReadonlySet<string> = new Set<ModelErrorClass>([
  'unavailable',
  'timeout',
  'rate-limited',
  'out-of-budget',
  'refused',
  'invalid-answer',
])

/** Options of `modelError`. */
export interface ModelErrorOptions {
  readonly cause?: unknown
  /** Milliseconds after which asking again makes sense, as the server said. */
  readonly retryAfterMs?: number
}

/** A failure of a model as an error that programs may catch. The message must not hold credentials or bodies. */
export function modelError(
  model: string,
  errorClass: ModelErrorClass,
  reason: string,
  options: ModelErrorOptions = {},
): RtfsError {
  const kind = errorClass === 'out-of-budget' ? 'BudgetExhausted' : 'NetworkError'
  const details = {
    model,
    class: keyword(errorClass),
    message: reason,
    ...(options.retryAfterMs === undefined ? {} : { 'retry-after-ms': Math.round(options.retryAfterMs) }),
  }
  const cause = options.cause === undefined ? {} : { cause: options.cause }
  return languageError(kind, `Model ${model}: ${reason}`, details, cause)
}

/** The class of a failure; `undefined` for errors that are no failures of a model, such as a cancelled call. */
export function modelErrorClass(error: unknown): ModelErrorClass | undefined {
  if (!isRtfsError(error)) return undefined
  const found = error.value?.details.get(keyword('class'))
  return found instanceof Keyword && classes.has(found.name) ? (found.name as ModelErrorClass) : undefined
}

/** What the server asked to wait, in milliseconds. */
export function retryAfterOf(error: unknown): number | undefined {
  const found = isRtfsError(error) ? error.value?.details.get(keyword('retry-after-ms')) : undefined
  return typeof found === 'number' ? found : undefined
}

/** True for failures that may pass by themselves. */
export function isTransient(error: unknown): boolean {
  const found = modelErrorClass(error)
  return found === 'unavailable' || found === 'timeout' || found === 'rate-limited'
}
