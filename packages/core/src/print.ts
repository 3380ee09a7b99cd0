import type { Charge } from './equality.js'
import type { Value } from './values.js'
import { writeValue } from './writer.js'

export { formatFloat, quoteString } from './writer.js'

/** Options of `formatValue` and `displayValue`. */
export interface PrintOptions {
  /** Code units of text; default: no limit. */
  readonly maxLength?: number
  /** Levels of nesting; default 1000. */
  readonly maxDepth?: number
  /** Stands for what a limit leaves out. Without it, a limit is a BudgetExhausted. */
  readonly ellipsis?: string
  /** Charged 1 per element visited, so that a value that shares parts cannot print for ever. */
  readonly meter?: Charge
}

/** The readable text of a value (LANGUAGE §14.4): reading it gives an equal value wherever a literal exists. */
export function formatValue(value: Value, options: PrintOptions = {}): string {
  return writeValue(value, {
    maxLength: options.maxLength ?? Infinity,
    maxDepth: options.maxDepth ?? 1000,
    ellipsis: options.ellipsis,
    canonical: false,
    functionName: undefined,
    meter: options.meter,
  })
}

/** As `formatValue`, but a string that is not inside a collection appears raw (`str`, `print`, `join`). */
export function displayValue(value: Value, options: PrintOptions = {}): string {
  return typeof value === 'string' ? value : formatValue(value, options)
}
