import { encodeUtf8 } from './bytes.js'
import type { Charge } from './equality.js'
import { sha256Hex } from './hash.js'
import type { RtfsFunction, Value } from './values.js'
import { writeValue } from './writer.js'

export { encodeKey } from './writer.js'

/** Options of `canonicalText` and `valueHash`. */
export interface CanonicalOptions {
  /** The qualified name that stands for a function; without one, functions are an InvalidArgument. */
  readonly functionName?: (value: RtfsFunction) => string | undefined
  /** Charged 1 per element visited. */
  readonly meter?: Charge
}

/**
 * The text that equal values share and unequal ones do not (LANGUAGE §14.3): the readable print with map entries
 * sorted by encoded key, Lists as vectors, −0.0 as 0.0, errors with kind, type, message and details. Depth is not
 * limited. Functions and strings with lone surrogates are an InvalidArgument.
 */
export function canonicalText(value: Value, options: CanonicalOptions = {}): string {
  return writeValue(value, {
    maxLength: Infinity,
    maxDepth: Infinity,
    ellipsis: undefined,
    canonical: true,
    functionName: options.functionName,
    meter: options.meter,
  })
}

/** The value hash: SHA-256 of the UTF-8 of `canonicalText`, as 64 lower-case hex digits. */
export function valueHash(value: Value, options: CanonicalOptions = {}): string {
  return sha256Hex(encodeUtf8(canonicalText(value, options)))
}
