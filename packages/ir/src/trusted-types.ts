import { joinTypes, type Type, typeOfValue, types } from '@rtfs/core'

/*
 * Types that inference may build on. An annotation says what is checked, not everything that is so afterwards:
 * an alias may be unknown when the check runs and then lets everything pass, a function type checks only that there
 * is a function, and inside collections an Integer stays one where `float` is written.
 */

/** What is certain of a value that passed the check of `annotation`, which turns an Integer into a Float where needed. */
export function afterCheck(annotation: Type): Type {
  switch (annotation.kind) {
    case 'primitive':
      return annotation
    case 'union':
      return join(annotation.members.map(afterCheck))
    case 'and':
      return afterCheck(annotation.base)
    default:
      return conforming(annotation)
  }
}

/** What is certain of a value that conforms to `type` and was not converted. */
export function conforming(type: Type): Type {
  switch (type.kind) {
    case 'primitive':
      return type.name === 'float' ? types.number : type
    case 'vector':
    case 'list':
    case 'seq':
      return { kind: type.kind, element: conforming(type.element) }
    case 'tuple':
      return types.seq(join(type.elements.map(conforming)))
    case 'array':
      return types.anyVector
    case 'record':
    case 'map-of':
      return types.anyMap
    case 'function':
      return types.anyFunction
    case 'resource':
      return types.resourceHandle
    case 'union':
      return join(type.members.map(conforming))
    case 'and':
      return conforming(type.base)
    case 'literal':
      return typeOfValue(type.value)
    case 'enum':
      return join(type.values.map(typeOfValue))
    case 'ref':
    case 'stream':
      return types.any
  }
}

/** Deeper than this, a type is `any`: recursive data would otherwise give ever deeper types. */
const maxTypeDepth = 4
/** Records with more entries than this are just maps. */
const maxEntries = 24

/** The join of types, kept small. */
export function join(parts: readonly Type[]): Type {
  const [first] = parts
  if (first !== undefined && parts.every(part => part === first)) return first
  return joinTypes(parts)
}

/** The type with everything too deep or too wide made `any`, which it is below. */
export function bounded(type: Type, depth: number = maxTypeDepth): Type {
  if (depth === 0) return type.kind === 'primitive' ? type : types.any
  switch (type.kind) {
    case 'vector':
    case 'list':
    case 'seq':
      return { kind: type.kind, element: bounded(type.element, depth - 1) }
    case 'record':
      if (type.entries.length > maxEntries) return types.anyMap
      return {
        ...type,
        entries: type.entries.map(entry => ({ ...entry, type: bounded(entry.type, depth - 1) })),
      }
    case 'function':
      return {
        kind: 'function',
        params: type.params.map(param => bounded(param, depth - 1)),
        rest: type.rest === undefined ? undefined : bounded(type.rest, depth - 1),
        result: bounded(type.result, depth - 1),
      }
    case 'union': {
      const members = type.members.map(member => bounded(member, depth))
      return members.includes(types.any) ? types.any : { kind: 'union', members }
    }
    default:
      return type
  }
}

/** The members of a type seen as a union. */
export function membersOf(type: Type): readonly Type[] {
  return type.kind === 'union' ? type.members.flatMap(membersOf) : [type]
}

/** True when every member of the type is one of these primitives (and there is one). */
export function isOnly(type: Type, ...names: readonly string[]): boolean {
  const members = membersOf(type)
  return (
    members.length > 0 && members.every(member => member.kind === 'primitive' && names.includes(member.name))
  )
}

/** Without the members that are only nil. */
export function withoutNil(type: Type): Type {
  if (type.kind !== 'union') return isOnly(type, 'nil') ? types.never : type
  const rest = membersOf(type).filter(member => !isOnly(member, 'nil'))
  return join(rest)
}

/** What of the type can be false or nil. */
export function falsyPart(type: Type): Type {
  if (isOnly(type, 'any')) return types.union(types.nil, types.bool)
  return join(membersOf(type).filter(member => isOnly(member, 'nil', 'bool', 'any')))
}
