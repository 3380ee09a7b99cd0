import { invalidArgument, keyword, RtfsList, type RtfsMap, RtfsSymbol, type Value } from '@rtfs/core'
import { coreKindOf } from './object-kind.js'

/** The key under which an object has the name it was written with (LANGUAGE §17.1). */
export const nameKey = keyword('rtfs/name')

/** Levels of values inside one another that are read and written. */
export const maxObjectDepth = 400

/** Stops what would recurse too deep. */
export function checkObjectDepth(depth: number): void {
  if (depth > maxObjectDepth)
    throw invalidArgument(`an object is nested deeper than ${maxObjectDepth} levels`)
}

/** The kind that an object is written as: the given one, else that of its type. */
export function requireKind(object: RtfsMap, kind: string | undefined): string {
  const known = kind ?? coreKindOf(object)
  if (known !== undefined) return known
  throw invalidArgument('the :type of the object says no kind; say which, such as intent')
}

const resourceRef = new RtfsSymbol('resource:ref')

/** The data that stands for `(resource:ref "id")`: nothing is looked up before a program evaluates it. */
export function referenceTo(id: string): RtfsList {
  return RtfsList.from([resourceRef, id])
}

/** The id of data that `referenceTo` made, `undefined` for other values. */
export function referencedId(value: Value): string | undefined {
  if (!(value instanceof RtfsList) || value.size !== 2) return undefined
  const [head, id] = value.toArray()
  return head instanceof RtfsSymbol && head.name === 'resource:ref' && typeof id === 'string' ? id : undefined
}
