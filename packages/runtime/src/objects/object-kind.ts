import { Keyword, keyword, type RtfsMap, type Value } from '@rtfs/core'

/** The version of the core kinds that this reader knows (LANGUAGE §17.2). */
const knownMajor = '2'
const knownMinor = 0

/** A versioned type such as `:rtfs.core:v2.0:intent`, in its parts. */
interface VersionedType {
  readonly namespace: string
  readonly major: string
  readonly minor: number
  readonly kind: string
}

/** Reads a versioned type, written as keyword or string. */
function parseVersionedType(value: Value | undefined): VersionedType | undefined {
  const text =
    value instanceof Keyword ? value.name : typeof value === 'string' ? value.replace(/^:/, '') : ''
  const match = /^(.+):v(\d+)(?:\.(\d+)(?:\.\d+)?)?:([^:]+)$/.exec(text)
  if (match === null) return undefined
  return { namespace: match[1]!, major: match[2]!, minor: Number(match[3] ?? 0), kind: match[4]! }
}

/** True for a versioned type, written as keyword or string. */
export function isVersionedType(value: Value): boolean {
  return parseVersionedType(value) !== undefined
}

/** The core type among `:type` and `:extends` of an object. */
function coreTypeOf(object: RtfsMap): VersionedType | undefined {
  for (const property of ['type', 'extends']) {
    const type = parseVersionedType(object.get(keyword(property)))
    if (type?.namespace === 'rtfs.core') return type
  }
  return undefined
}

/**
 * The core kind that an object is to be validated as: that of its `:type`, or of `:extends` when its type is no core
 * type. A newer minor version is read like the one we know. `undefined`: its type says nothing about it.
 */
export function coreKindOf(object: RtfsMap): string | undefined {
  const type = coreTypeOf(object)
  return type?.major === knownMajor ? type.kind : undefined
}

/** True for an object of a newer minor version: it may have properties that this reader has not heard of. */
export function isNewer(object: RtfsMap): boolean {
  const type = coreTypeOf(object)
  return type?.major === knownMajor && type.minor > knownMinor
}

/** True when the `:type` is a versioned type that is not of the core: its kind is its author's matter. */
export function isForeignType(object: RtfsMap): boolean {
  const type = parseVersionedType(object.get(keyword('type')))
  return type !== undefined && type.namespace !== 'rtfs.core'
}
