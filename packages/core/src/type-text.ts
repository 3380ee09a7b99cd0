import { canonicalText } from './canonical.js'
import { invalidArgument } from './errors.js'
import { compareValues } from './order.js'
import { formatValue } from './print.js'
import { compareText } from './text.js'
import { type Predicate, type PrimitiveName, primitive, type RecordEntry, type Type } from './types.js'
import type { Value } from './values.js'

/** Finds the type an alias stands for; `undefined` when there is no such alias. Must give the same object each time. */
export type ResolveType = (name: string) => Type | undefined

/** Types nested deeper than this are refused. */
export const maxTypeDepth = 256

/** Types with more parts than this are refused too: aliases can double at every step. */
const maxTypeSize = 100_000

/**
 * The canonical form of a type: aliases that `resolve` knows replaced, unions flattened, deduplicated and sorted by
 * text (one member: the member, none: `never`), literals of an `enum` likewise, record entries sorted by key,
 * predicates in source order. An alias met again inside its own expansion stays a reference. InvalidArgument for
 * types more than 256 levels deep or with more than 100,000 parts.
 */
export function canonicalType(type: Type, resolve?: ResolveType): Type {
  return new Canonicalizer(resolve).run(type, 0).type
}

/**
 * The canonical text of a type (LANGUAGE §10.5), such as `[:union :int :nil]`: that of `canonicalType`. Without
 * `resolve` aliases appear by name, `:Point`.
 */
export function formatType(type: Type, resolve?: ResolveType): string {
  return new Canonicalizer(resolve).run(type, 0).text
}

interface Canonical {
  readonly type: Type
  readonly text: string
  /** Of a union: its members, for a union around it. */
  readonly members?: readonly Canonical[]
}

class Canonicalizer {
  readonly #resolve: ResolveType | undefined
  readonly #expanding = new Set<string>()
  #size = 0

  constructor(resolve: ResolveType | undefined) {
    this.#resolve = resolve
  }

  run(type: Type, depth: number): Canonical {
    if (depth > maxTypeDepth) throw invalidArgument(`a type is nested deeper than ${maxTypeDepth} levels`)
    if (++this.#size > maxTypeSize) throw invalidArgument(`a type has more than ${maxTypeSize} parts`)
    const part = (inner: Type): Canonical => this.run(inner, depth + 1)
    switch (type.kind) {
      case 'primitive':
        return { type, text: `:${type.name}` }
      case 'ref':
        return this.#reference(type, depth)
      case 'vector':
      case 'list':
      case 'seq':
      case 'stream': {
        const element = part(type.element)
        return { type: { kind: type.kind, element: element.type }, text: `[:${type.kind} ${element.text}]` }
      }
      case 'tuple': {
        const elements = type.elements.map(part)
        return {
          type: { kind: 'tuple', elements: typesOf(elements) },
          text: bracket(':tuple', textsOf(elements)),
        }
      }
      case 'record':
        return this.#record(type, depth)
      case 'map-of': {
        const key = part(type.key)
        const value = part(type.value)
        return {
          type: { kind: 'map-of', key: key.type, value: value.type },
          text: `[:map-of ${key.text} ${value.text}]`,
        }
      }
      case 'function': {
        const params = type.params.map(part)
        const rest = type.rest === undefined ? undefined : part(type.rest)
        const result = part(type.result)
        const list = rest === undefined ? textsOf(params) : [...textsOf(params), '&', rest.text]
        return {
          type: { kind: 'function', params: typesOf(params), rest: rest?.type, result: result.type },
          text: `[:=> [${list.join(' ')}] ${result.text}]`,
        }
      }
      case 'resource':
        return { type, text: `[:resource ${type.name}]` }
      case 'union':
        return this.#union(type.members, depth)
      case 'and': {
        const base = part(type.base)
        const parts = type.parts.map(inner =>
          inner.kind === 'predicate' ? { type: inner, text: formatPredicate(inner) } : part(inner),
        )
        return {
          type: { kind: 'and', base: base.type, parts: parts.map(inner => inner.type) },
          text: bracket(':and', [base.text, ...textsOf(parts)]),
        }
      }
      case 'literal':
        return { type, text: `[:val ${literalText(type.value)}]` }
      case 'enum': {
        const values = sortedByText(type.values.map(value => ({ value, text: literalText(value) })))
        return {
          type: { kind: 'enum', values: values.map(literal => literal.value) },
          text: bracket(':enum', textsOf(values)),
        }
      }
      case 'array': {
        const element = part(type.element)
        const shape = type.shape === undefined ? [] : [shapeText(type.shape)]
        return {
          type: { kind: 'array', element: element.type, shape: type.shape },
          text: bracket(':array', [element.text, ...shape]),
        }
      }
    }
  }

  #reference(type: Extract<Type, { kind: 'ref' }>, depth: number): Canonical {
    const target = this.#expanding.has(type.name) ? undefined : this.#resolve?.(type.name)
    if (target === undefined) return { type, text: `:${type.name}` }
    this.#expanding.add(type.name)
    const expanded = this.run(target, depth + 1)
    this.#expanding.delete(type.name)
    return expanded
  }

  #record(type: Extract<Type, { kind: 'record' }>, depth: number): Canonical {
    const sorted = [...type.entries].sort((a, b) => compareValues(a.key, b.key))
    const entries: RecordEntry[] = []
    const texts: string[] = []
    for (const entry of sorted) {
      const value = this.run(entry.type, depth + 1)
      entries.push({ key: entry.key, type: value.type, optional: entry.optional })
      texts.push(`[${formatValue(entry.key)} ${value.text}${entry.optional ? ' ?' : ''}]`)
    }
    const rest = type.rest === undefined ? undefined : this.run(type.rest, depth + 1)
    if (rest !== undefined) texts.push(`[:* ${rest.text}]`)
    return { type: { kind: 'record', entries, rest: rest?.type }, text: bracket(':map', texts) }
  }

  #union(members: readonly Type[], depth: number): Canonical {
    const flat: Canonical[] = []
    for (const member of members) {
      const canonical = this.run(member, depth + 1)
      if (canonical.members === undefined) flat.push(canonical)
      else flat.push(...canonical.members)
    }
    const sorted = sortedByText(flat)
    if (sorted.length === 0) return { type: primitive('never'), text: ':never' }
    if (sorted.length === 1) return sorted[0]!
    return {
      type: { kind: 'union', members: typesOf(sorted) },
      text: bracket(':union', textsOf(sorted)),
      members: sorted,
    }
  }
}

function sortedByText<T extends { readonly text: string }>(items: readonly T[]): T[] {
  const byText = new Map(items.map(item => [item.text, item]))
  return [...byText.values()].sort((a, b) => compareText(a.text, b.text))
}

function typesOf(items: readonly Canonical[]): Type[] {
  return items.map(item => item.type)
}

function textsOf(items: readonly { readonly text: string }[]): string[] {
  return items.map(item => item.text)
}

function bracket(head: string, parts: readonly string[]): string {
  return `[${[head, ...parts].join(' ')}]`
}

function literalText(value: Value): string {
  return canonicalText(value)
}

/** The text of a refinement: `[:>= 0]`. */
export function formatPredicate(predicate: Predicate): string {
  return bracket(`:${predicate.name}`, predicate.args.map(literalText))
}

/** The text of an array shape: `[3 ?]`. */
export function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map(dimension => dimension ?? '?').join(' ')}]`
}

/** Constructors for types as data: `types.union(types.int, types.nil)`. */
export const types = {
  int: primitive('int'),
  float: primitive('float'),
  string: primitive('string'),
  bool: primitive('bool'),
  nil: primitive('nil'),
  keyword: primitive('keyword'),
  symbol: primitive('symbol'),
  any: primitive('any'),
  never: primitive('never'),
  timestamp: primitive('timestamp'),
  uuid: primitive('uuid'),
  resourceHandle: primitive('resource-handle'),
  error: primitive('error'),
  anyMap: primitive('map'),
  anyVector: primitive('vector'),
  anyList: primitive('list'),
  anyFunction: primitive('fn'),
  /** `[:union int float]`. */
  number: Object.freeze({ kind: 'union', members: [primitive('float'), primitive('int')] }) as Type,
  primitive: (name: PrimitiveName): Type => primitive(name),
  /** An alias by name, without the colon. */
  ref: (name: string): Type => ({ kind: 'ref', name }),
  vector: (element: Type): Type => ({ kind: 'vector', element }),
  list: (element: Type): Type => ({ kind: 'list', element }),
  seq: (element: Type): Type => ({ kind: 'seq', element }),
  tuple: (...elements: readonly Type[]): Type => ({ kind: 'tuple', elements }),
  /** A map type; `rest` is the type of the values of all keys not named. */
  record: (entries: readonly RecordEntry[], rest?: Type): Type => ({ kind: 'record', entries, rest }),
  /** An entry for `types.record`. */
  entry: (key: Value, type: Type, optional: boolean = false): RecordEntry => ({ key, type, optional }),
  mapOf: (key: Type, value: Type): Type => ({ kind: 'map-of', key, value }),
  fn: (params: readonly Type[], rest: Type | undefined, result: Type): Type => ({
    kind: 'function',
    params,
    rest,
    result,
  }),
  resource: (name: string): Type => ({ kind: 'resource', name }),
  union: (...members: readonly Type[]): Type => ({ kind: 'union', members }),
  /** `T?`: the type or nil. */
  optional: (type: Type): Type => ({ kind: 'union', members: [type, primitive('nil')] }),
  and: (base: Type, ...parts: readonly (Type | Predicate)[]): Type => ({ kind: 'and', base, parts }),
  /** A refinement for `types.and`, without the colon: `types.predicate('>', 0)`. */
  predicate: (name: string, ...args: readonly Value[]): Predicate => ({ kind: 'predicate', name, args }),
  literal: (value: Value): Type => ({ kind: 'literal', value }),
  enum: (...values: readonly Value[]): Type => ({ kind: 'enum', values }),
  array: (element: Type, shape?: readonly (number | null)[]): Type => ({ kind: 'array', element, shape }),
  stream: (element: Type): Type => ({ kind: 'stream', element }),
} as const
