import { equals } from './equality.js'
import { RtfsMap } from './map.js'
import { RtfsList, RtfsVector } from './sequence.js'
import { formatPredicate, type ResolveType } from './type-text.js'
import { type Predicate, type PrimitiveName, primitive, type RecordEntry, type Type } from './types.js'
import {
  isInteger,
  Keyword,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'

/** Options of `isSubtype`. */
export interface SubtypeOptions {
  /**
   * Asks the stricter question whether every value of S is a value of T as it stands, so that a check of a value of
   * S against T can be left out: `any` only fits `any`, `int` is not below `float` (a check would convert), a tuple
   * (which may be a List) not below a vector, and an open record may have what it does not name. Default false.
   */
  readonly exact?: boolean
}

/** A comparison nested deeper, or longer, than this is given up with the careful answer: no subtype, no conflict. */
const maxDepth = 256
const maxSteps = 100_000

/**
 * `S ≤ T` of LANGUAGE §10.3; the first rule that applies decides. `any` is consistent with everything, recursive
 * aliases are compared coinductively, aliases that `resolve` does not know only equal themselves.
 */
export function isSubtype(s: Type, t: Type, resolve?: ResolveType, options: SubtypeOptions = {}): boolean {
  return new Comparison(resolve).subtype(s, t, options.exact ? 'exact' : 'wide', 0)
}

/**
 * True when provably no value belongs to both (LANGUAGE §18.4), where `s` is what an expression yields and `t` what
 * is wanted: an Integer may be given where a Float is wanted, a Float never where an Integer is. Inside collections
 * an Integer may stand in a `float` place on either side, so there the two never conflict.
 */
export function typesConflict(s: Type, t: Type, resolve?: ResolveType): boolean {
  return !new Comparison(resolve).overlap(s, t, false, 0)
}

/**
 * The join of LANGUAGE §10.3: `any` if one is, equal types stay, int with float gives number, otherwise a union
 * without the members that another one covers; more than five members give `any`. No types: `never`.
 */
export function joinTypes(types: readonly Type[], resolve?: ResolveType): Type {
  const members: Type[] = []
  const collect = (type: Type): void => {
    if (type.kind === 'union') type.members.forEach(collect)
    else if (!isPrimitive(type, 'never')) members.push(type)
  }
  types.forEach(collect)
  if (members.some(member => isPrimitive(member, 'any'))) return primitive('any')
  const comparison = new Comparison(resolve)
  const kept: Type[] = []
  for (const member of members) {
    if (kept.some(other => comparison.subtype(member, other, 'exact', 0))) continue
    const covered = (other: Type): boolean => comparison.subtype(other, member, 'exact', 0)
    kept.splice(0, kept.length, ...kept.filter(other => !covered(other)), member)
  }
  if (kept.length > 5) return primitive('any')
  if (kept.length === 0) return primitive('never')
  return kept.length === 1 ? kept[0]! : { kind: 'union', members: kept }
}

type FunctionType = Extract<Type, { kind: 'function' }>
type RecordType = Extract<Type, { kind: 'record' }>

function isPrimitive(type: Type, name: PrimitiveName): boolean {
  return type.kind === 'primitive' && type.name === name
}

/** `wide` has rule 10 (int ≤ float), `plain` has not, `exact` is that of `SubtypeOptions`. */
type Mode = 'wide' | 'plain' | 'exact'
type Below = (a: Type, b: Type) => boolean

class Comparison {
  readonly #resolve: ResolveType | undefined
  /** Pairs in progress or proved; met again, they hold (coinduction). */
  readonly #assumed: Record<Mode, Map<Type, Set<Type>>> = {
    wide: new Map(),
    plain: new Map(),
    exact: new Map(),
  }
  /** The assumed pairs in the order they were made, so that a refusal can take back all that rested on it. */
  readonly #trail: { readonly known: Set<Type>; readonly type: Type }[] = []
  readonly #names = new Map<string, Type>()
  #steps = 0

  constructor(resolve: ResolveType | undefined) {
    this.#resolve = resolve
  }

  /** The type an alias stands for; an unknown alias stands for itself. */
  #target(type: Type): Type {
    // A chain of aliases that comes back to where it began means nothing and stays a name.
    for (let steps = 0; type.kind === 'ref' && steps < maxDepth; steps++) {
      let target = this.#names.get(type.name)
      if (target === undefined) {
        target = this.#resolve?.(type.name)
        if (target === undefined) return type
        this.#names.set(type.name, target)
      }
      type = target
    }
    return type
  }

  subtype(s: Type, t: Type, mode: Mode, depth: number): boolean {
    if (s === t) return true
    if (depth > maxDepth || ++this.#steps > maxSteps) return false
    s = this.#target(s)
    t = this.#target(t)
    if (s === t || isPrimitive(t, 'any') || isPrimitive(s, 'never')) return true
    if (isPrimitive(s, 'any')) return mode !== 'exact'
    let known = this.#assumed[mode].get(s)
    if (known?.has(t)) return true
    if (known === undefined) this.#assumed[mode].set(s, (known = new Set()))
    const mark = this.#trail.length
    known.add(t)
    this.#trail.push({ known, type: t })
    const holds = this.#subtypeByRules(s, t, mode, depth + 1)
    if (!holds) for (const pair of this.#trail.splice(mark)) pair.known.delete(pair.type)
    return holds
  }

  #subtypeByRules(s: Type, t: Type, mode: Mode, depth: number): boolean {
    const sub: Below = (a, b) => this.subtype(a, b, mode, depth)
    if (s.kind === 'union') return s.members.every(member => sub(member, t))
    if (s.kind === 'enum') return s.values.every(value => this.#literalFits(value, t, mode, depth))
    if (t.kind === 'union')
      return t.members.some(member => sub(s, member)) || (s.kind === 'and' && partFits(s, t, sub))
    if (t.kind === 'and') {
      return (
        sub(s, t.base) &&
        t.parts.every(part => (part.kind === 'predicate' ? hasPredicate(s, part) : sub(s, part)))
      )
    }
    if (s.kind === 'and') return partFits(s, t, sub)
    if (s.kind === 'literal') return this.#literalFits(s.value, t, mode, depth)
    if (t.kind === 'literal' || t.kind === 'enum') return false
    if (t.kind === 'primitive') {
      if (mode === 'wide' && isPrimitive(s, 'int') && t.name === 'float') return true
      return primitiveOf(s) === t.name || (s.kind === 'tuple' && t.name === 'vector' && mode !== 'exact')
    }
    switch (s.kind) {
      case 'primitive':
        return primitiveFits(s.name, t, sub)
      case 'vector':
        return (t.kind === 'vector' || t.kind === 'seq') && sub(s.element, t.element)
      case 'list':
        return (t.kind === 'list' || t.kind === 'seq') && sub(s.element, t.element)
      case 'seq':
      case 'stream':
        return t.kind === s.kind && sub(s.element, t.element)
      case 'tuple':
        if (t.kind === 'tuple') {
          return s.elements.length === t.elements.length && s.elements.every((e, i) => sub(e, t.elements[i]!))
        }
        if (t.kind !== 'seq' && (t.kind !== 'vector' || mode === 'exact')) return false
        return s.elements.every(e => sub(e, t.element))
      case 'array':
        return arrayFits(s, t, sub)
      case 'record':
        return t.kind === 'record' && recordFits(s, t, sub, mode === 'exact')
      case 'map-of':
        if (t.kind === 'map-of') return this.#strictly(mode, depth)(s.key, t.key) && sub(s.value, t.value)
        // No key is certain to be there, and any may have a value of the type.
        return (
          t.kind === 'record' &&
          t.entries.every(e => e.optional && sub(s.value, e.type)) &&
          restFits(s.value, t, sub)
        )
      case 'function':
        return t.kind === 'function' && functionFits(s, t, this.#strictly(mode, depth))
      case 'resource':
      case 'ref':
        return t.kind === s.kind && s.name === t.name
    }
  }

  /** Comparison without widening, for functions and map keys. */
  #strictly(mode: Mode, depth: number): Below {
    return (a, b) => this.subtype(a, b, mode === 'wide' ? 'plain' : mode, depth)
  }

  #literalFits(value: Value, t: Type, mode: Mode, depth: number): boolean {
    if (t.kind === 'literal') return equals(value, t.value)
    if (t.kind === 'enum') return t.values.some(other => equals(value, other))
    if (t.kind === 'union') {
      if (depth > maxDepth) return false
      return t.members.some(member => this.#literalFits(value, this.#target(member), mode, depth + 1))
    }
    return this.subtype(typeOfValue(value), t, mode, depth)
  }

  /** False when provably no value belongs to both. `inside` a collection Integer and `float` are not told apart. */
  overlap(s: Type, t: Type, inside: boolean, depth: number): boolean {
    if (depth > maxDepth || ++this.#steps > maxSteps) return true
    s = this.#target(s)
    t = this.#target(t)
    if (isPrimitive(s, 'never') || isPrimitive(t, 'never')) return false
    if (s === t || s.kind === 'ref' || t.kind === 'ref') return true
    if (isPrimitive(s, 'any') || isPrimitive(t, 'any') || s.kind === 'stream' || t.kind === 'stream')
      return true
    const over = (a: Type, b: Type): boolean => this.overlap(a, b, inside, depth + 1)
    if (s.kind === 'union') return s.members.some(member => over(member, t))
    if (t.kind === 'union') return t.members.some(member => over(s, member))
    if (s.kind === 'and')
      return over(s.base, t) && s.parts.every(part => part.kind === 'predicate' || over(part, t))
    if (t.kind === 'and')
      return over(s, t.base) && t.parts.every(part => part.kind === 'predicate' || over(s, part))
    if (s.kind === 'enum') return s.values.some(value => over({ kind: 'literal', value }, t))
    if (t.kind === 'enum') return t.values.some(value => over(s, { kind: 'literal', value }))
    if (s.kind === 'literal' && t.kind === 'literal') return equals(s.value, t.value)
    if (s.kind === 'literal') return over(typeOfValue(s.value), t)
    if (t.kind === 'literal') return over(s, typeOfValue(t.value))
    return this.#overlapShapes(s, t, inside, depth + 1)
  }

  #overlapShapes(s: Type, t: Type, inside: boolean, depth: number): boolean {
    const [left, right] = [primitiveOf(s), primitiveOf(t)]
    if (!sharesValues(left, right)) {
      return (left === 'int' && right === 'float') || (inside && left === 'float' && right === 'int')
    }
    const over = (a: Type, b: Type): boolean => this.overlap(a, b, true, depth)
    if (s.kind === 'tuple' && t.kind === 'tuple') {
      return s.elements.length === t.elements.length && s.elements.every((e, i) => over(e, t.elements[i]!))
    }
    // The empty collection belongs to every other sequence type.
    if (s.kind === 'tuple') return s.elements.every(e => over(e, elementOf(t)))
    if (t.kind === 'tuple') return t.elements.every(e => over(elementOf(s), e))
    if (s.kind === 'record' && t.kind === 'record') {
      return requiredOverlap(s, t, (a, b) => over(a, b)) && requiredOverlap(t, s, (a, b) => over(b, a))
    }
    if (s.kind === 'record' && t.kind === 'map-of')
      return s.entries.every(e => e.optional || over(e.type, t.value))
    if (s.kind === 'map-of' && t.kind === 'record')
      return t.entries.every(e => e.optional || over(s.value, e.type))
    return true
  }
}

/** Every key that S demands may have a value that T allows there. */
function requiredOverlap(s: RecordType, t: RecordType, over: Below): boolean {
  return s.entries.every(entry => {
    if (entry.optional) return true
    const other = findEntry(t, entry.key)
    // `"k"` may stand in for `:k`, so a T that names only the string may still be met.
    if (other === undefined && fallbackOf(t, entry.key) !== undefined) return true
    const allowed = other?.type ?? t.rest
    return allowed === undefined || over(entry.type, allowed)
  })
}

function findEntry(type: RecordType, key: Value): RecordEntry | undefined {
  return type.entries.find(entry => equals(entry.key, key))
}

/** The entry of the string key that satisfies a keyword key when that is absent. */
function fallbackOf(type: RecordType, key: Value): RecordEntry | undefined {
  return key instanceof Keyword ? findEntry(type, key.name) : undefined
}

/** Rules 7 and 9: some part of an intersection is below T, or its base. */
function partFits(s: Extract<Type, { kind: 'and' }>, t: Type, sub: Below): boolean {
  return sub(s.base, t) || s.parts.some(part => part.kind !== 'predicate' && sub(part, t))
}

function hasPredicate(s: Type, predicate: Predicate): boolean {
  if (s.kind !== 'and') return false
  const text = formatPredicate(predicate)
  return s.parts.some(part => part.kind === 'predicate' && formatPredicate(part) === text)
}

/** `vector` is `[:vector any]`, `map` the open record without entries, and so on. */
function primitiveFits(name: PrimitiveName, t: Type, sub: Below): boolean {
  const any = primitive('any')
  if (name === 'vector') return (t.kind === 'vector' || t.kind === 'seq') && sub(any, t.element)
  if (name === 'list') return (t.kind === 'list' || t.kind === 'seq') && sub(any, t.element)
  if (name !== 'map') return false
  if (t.kind === 'map-of') return sub(any, t.key) && sub(any, t.value)
  return t.kind === 'record' && t.entries.every(e => e.optional && sub(any, e.type)) && restFits(any, t, sub)
}

function arrayFits(s: Extract<Type, { kind: 'array' }>, t: Type, sub: Below): boolean {
  const shape = s.shape ?? [null]
  if (t.kind === 'array') {
    const wanted = t.shape ?? [null]
    return (
      shape.length === wanted.length &&
      wanted.every((dimension, i) => dimension === null || dimension === shape[i]) &&
      sub(s.element, t.element)
    )
  }
  if (t.kind !== 'vector' && t.kind !== 'seq') return false
  const inner = shape.slice(1)
  return sub(inner.length === 0 ? s.element : { kind: 'array', element: s.element, shape: inner }, t.element)
}

/** Rule 12. An S without `[:* T]` may have keys that it does not name, which only the exact question minds. */
function recordFits(s: RecordType, t: RecordType, sub: Below, exact: boolean): boolean {
  for (const wanted of t.entries) {
    const given = findEntry(s, wanted.key)
    if (given !== undefined) {
      if ((given.optional && !wanted.optional) || !sub(given.type, wanted.type)) return false
      continue
    }
    if (!wanted.optional) return false
    if (s.rest === undefined ? exact : !sub(s.rest, wanted.type)) return false
    if (exact && fallbackOf(s, wanted.key) !== undefined) return false
  }
  if (t.rest === undefined) return true
  const rest = t.rest
  if (s.rest === undefined || !sub(s.rest, rest)) return false
  return s.entries.every(entry => findEntry(t, entry.key) !== undefined || sub(entry.type, rest))
}

/** Rule 13: parameters contravariant, result covariant; a variadic S covers any number beyond its fixed ones. */
function functionFits(s: FunctionType, t: FunctionType, sub: Below): boolean {
  if (s.rest === undefined && (t.rest !== undefined || s.params.length !== t.params.length)) return false
  if (s.rest !== undefined && s.params.length > t.params.length) return false
  return (
    t.params.every((param, i) => sub(param, s.params[i] ?? s.rest!)) &&
    (t.rest === undefined || sub(t.rest, s.rest!)) &&
    sub(s.result, t.result)
  )
}

function restFits(value: Type, t: RecordType, sub: Below): boolean {
  return t.rest === undefined || sub(value, t.rest)
}

function elementOf(type: Type): Type {
  return type.kind === 'vector' || type.kind === 'list' || type.kind === 'seq'
    ? type.element
    : primitive('any')
}

/** The primitive type that holds all values of a type without unions, `seq` for Vector or List. */
function primitiveOf(type: Type): PrimitiveName | 'seq' {
  switch (type.kind) {
    case 'primitive':
      return type.name
    case 'vector':
    case 'array':
      return 'vector'
    case 'list':
      return 'list'
    case 'seq':
    case 'tuple':
      return 'seq'
    case 'record':
    case 'map-of':
      return 'map'
    case 'function':
      return 'fn'
    case 'resource':
      return 'resource-handle'
    default:
      return 'any'
  }
}

function sharesValues(left: PrimitiveName | 'seq', right: PrimitiveName | 'seq'): boolean {
  if (left === right || left === 'any' || right === 'any') return true
  return (left === 'seq' && isSequence(right)) || (right === 'seq' && isSequence(left))
}

function isSequence(name: PrimitiveName | 'seq'): boolean {
  return name === 'vector' || name === 'list'
}

/** The primitive type of a value: `(type-of 1)` is `int`. */
export function typeOfValue(value: Value): Type {
  return primitive(nameOfType(value))
}

function nameOfType(value: Value): PrimitiveName {
  if (value === null) return 'nil'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (isInteger(value)) return 'int'
  if (value instanceof RtfsFloat) return 'float'
  if (value instanceof Keyword) return 'keyword'
  if (value instanceof RtfsSymbol) return 'symbol'
  if (value instanceof RtfsVector) return 'vector'
  if (value instanceof RtfsList) return 'list'
  if (value instanceof RtfsMap) return 'map'
  if (value instanceof RtfsFunction) return 'fn'
  if (value instanceof RtfsErrorValue) return 'error'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Uuid) return 'uuid'
  if (value instanceof ResourceHandle) return 'resource-handle'
  return 'any'
}
