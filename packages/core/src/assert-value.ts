import { internalError } from './errors.js'
import { isMapKey, RtfsMap } from './map.js'
import { RtfsSequence } from './sequence.js'
import { typeName } from './type-name.js'
import { RtfsErrorValue, type Value } from './values.js'

/**
 * Throws InternalError unless `value` and everything in it is a run-time value in canonical form (LANGUAGE §19): a
 * `number` is a safe integer and not −0, a bigint lies outside ±(2^53−1) and within 64 bits, map keys are legal, there
 * is no `undefined` and no foreign object. For tests and development builds; the boundary uses `fromJs`.
 */
export function assertValue(value: unknown): asserts value is Value {
  const pending: unknown[] = [value]
  const seen = new Set<unknown>()
  while (pending.length > 0) {
    const current = pending.pop()
    if (typeof current === 'number' || typeof current === 'bigint') assertInteger(current)
    if (typeof current !== 'object' || seen.has(current)) {
      if (current === undefined || typeof current === 'function' || typeof current === 'symbol')
        fail(typeof current)
      continue
    }
    seen.add(current)
    if (current instanceof RtfsSequence) {
      for (const item of current) pending.push(item)
    } else if (current instanceof RtfsMap) {
      current.forEach((item, key) => {
        if (!isMapKey(key)) fail('an illegal map key')
        pending.push(key, item)
      })
    } else if (current instanceof RtfsErrorValue) {
      pending.push(current.details, current.cause)
    } else if (typeName(current as Value) === 'unknown') {
      fail(`an instance of ${String((current as object).constructor?.name)}`)
    }
  }
}

function assertInteger(value: number | bigint): void {
  const legal =
    typeof value === 'number'
      ? Number.isSafeInteger(value) && !Object.is(value, -0)
      : BigInt.asIntN(64, value) === value && !Number.isSafeInteger(Number(value))
  if (!legal) fail(Object.is(value, -0) ? 'the number -0' : `the ${typeof value} ${value}`)
}

function fail(what: string): never {
  throw internalError(`${what} is not a run-time value`)
}
