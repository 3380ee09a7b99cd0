import { Keyword, keyword, type RtfsMap, type Value } from '@rtfs/core'

/** The version of the core kinds that this reader knows (LANGUAGE §17.2). */
const knownMajor = '2'

/** A versioned type such as `:rtfs.core:v2.0:intent`, in its parts. */
interface VersionedType {
  readonly namespace: string
  readonly major: string
  readonly kind: string
}

/** Reads a versioned type, written as keyword or string. */
function parseVersionedType(value: Value | undefined): VersionedType | undefined {
  const text =
    value instanceof Keyword ? value.name : typeof value === 'string' ? value.replace(/^:/, '') : ''
  const match = /^(.+):v(\d+)(?:\.\d+){0,2}:([^:]+)$/.exec(text)
  return match === null ? undefined : { namespace: match[1]!, major: match[2]!, kind: match[3]! }
}

/**
 * The core kind that an object is to be validated as: that of its `:type`, or of `:extends` when its type is no core
 * type. A newer minor version is read like the one we know. `undefined`: its type says nothing about it.
 */
export function coreKindOf(object: RtfsMap): string | undefined {
  for (const property of ['type', 'extends']) {
    const type = parseVersionedType(object.get(keyword(property)))
    if (type?.namespace === 'rtfs.core') return type.major === knownMajor ? type.kind : undefined
  }
  return undefined
}

/** True when the `:type` is a versioned type that is not of the core: its kind is its author's matter. */
export function isForeignType(object: RtfsMap): boolean {
  const type = parseVersionedType(object.get(keyword('type')))
  return type !== undefined && type.namespace !== 'rtfs.core'
}
