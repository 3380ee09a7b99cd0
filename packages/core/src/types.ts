import type { Value } from './values.js'

/** Names of the types that have no parts (LANGUAGE §10.1). */
export type PrimitiveName =
  | 'int'
  | 'float'
  | 'string'
  | 'bool'
  | 'nil'
  | 'keyword'
  | 'symbol'
  | 'any'
  | 'never'
  | 'timestamp'
  | 'uuid'
  | 'resource-handle'
  | 'error'
  | 'map'
  | 'vector'
  | 'list'
  | 'fn'

/** A type expression as data. Aliases stay references until someone resolves them. */
export type Type =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'vector'; readonly element: Type }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'seq'; readonly element: Type }
  | { readonly kind: 'tuple'; readonly elements: readonly Type[] }
  | { readonly kind: 'record'; readonly entries: readonly RecordEntry[]; readonly rest: Type | undefined }
  | { readonly kind: 'map-of'; readonly key: Type; readonly value: Type }
  | {
      readonly kind: 'function'
      readonly params: readonly Type[]
      readonly rest: Type | undefined
      readonly result: Type
    }
  | { readonly kind: 'resource'; readonly name: string }
  | { readonly kind: 'union'; readonly members: readonly Type[] }
  | { readonly kind: 'and'; readonly base: Type; readonly parts: readonly (Type | Predicate)[] }
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'enum'; readonly values: readonly Value[] }
  /** `shape` is undefined for any rectangular nesting depth 1; a null dimension has any length. */
  | { readonly kind: 'array'; readonly element: Type; readonly shape: readonly (number | null)[] | undefined }
  | { readonly kind: 'stream'; readonly element: Type }

/** An entry of a map type. The key is the value that stands in the type (keyword, string, integer or boolean). */
export interface RecordEntry {
  readonly key: Value
  readonly type: Type
  readonly optional: boolean
}

/** A refinement inside `[:and T …]` (LANGUAGE §10.2); `name` without the colon. */
export interface Predicate {
  readonly kind: 'predicate'
  readonly name: string
  readonly args: readonly Value[]
}

const primitives = new Map<PrimitiveName, Type>()

/** The primitive type of a name; the same object for the same name. */
export function primitive(name: PrimitiveName): Type {
  let type = primitives.get(name)
  if (type === undefined) primitives.set(name, (type = Object.freeze({ kind: 'primitive', name })))
  return type
}
