import {
  isCatchable,
  keyword,
  type Meter,
  primitive,
  ResourceHandle,
  type RtfsError,
  RtfsErrorValue,
  RtfsVector,
  type Type,
  type Value,
} from '@rtfs/core'
import { checkType, type ResolveType } from './checks.js'
import { copyOf } from './errors.js'

/**
 * Checks what `with-resource` holds (LANGUAGE §5.11): a name that is no type alias, like `[:resource S]`, asks for a
 * handle; anything else is a type like any other. Errors are left to the caller to place.
 */
export function checkResource(
  value: Value,
  type: Type,
  name: string,
  resolve: ResolveType,
  meter: Meter,
): Value {
  const asksForHandle = type.kind === 'resource' || (type.kind === 'ref' && resolve(type.name) === undefined)
  const path = `with-resource ${name}`
  return checkType(
    value,
    asksForHandle ? primitive('resource-handle') : type,
    path,
    resolve,
    undefined,
    meter,
  )
}

/** The name of the resource type, by which the capability that releases a handle is found. */
export function resourceTypeName(type: Type): string | undefined {
  return type.kind === 'resource' || type.kind === 'ref' ? type.name : undefined
}

/** True for what has a state of its own and is released. */
export function isHandle(value: Value): value is ResourceHandle {
  return value instanceof ResourceHandle
}

/** Releases after a failed body; an error of the release is noted in the body's under `:suppressed`. */
export function suppressed(
  error: RtfsError & { readonly value: RtfsErrorValue },
  release: () => void,
): unknown {
  try {
    release()
    return error
  } catch (second) {
    // A suspension, or the end of the run: the release is not over, or nobody is there to see the error.
    if (!isCatchable(second)) return second
    const { kind, type, message, details, cause, trace } = error.value
    const known = details.get(keyword('suppressed'))
    const all = known instanceof RtfsVector ? known.append(second.value) : RtfsVector.adopt([second.value])
    const value = new RtfsErrorValue(
      kind,
      type,
      message,
      details.set(keyword('suppressed'), all),
      cause,
      trace,
    )
    return copyOf(error, value)
  }
}
