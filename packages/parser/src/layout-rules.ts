import { type Form, keywordOf, stringOf, symbolName } from './forms.js'
import { bindingSizes } from './let.js'
import { objectKinds } from './special-names.js'

/*
 * Where lines may break: what stays on the first line of a form, how far the rest is indented, and which forms
 * belong together on one line.
 */

export interface Rule {
  /** Forms on the first line. */
  readonly header: number
  /** Columns to the right of the opening delimiter, or under the first form after the head. */
  readonly indent: number | 'align'
  /** Sizes of the groups after the header; what is left over stands alone. */
  readonly groups: readonly number[]
  /** Whether the last form of a group goes below the others when the group is too long for a line. */
  readonly drop: boolean
}

/** Head of a list to the number of forms after it that stay on the first line; the rest is indented by two. */
const blockForms: ReadonlyMap<string, number> = new Map([
  ['let', 1],
  ['letrec', 1],
  ['loop', 1],
  ['for', 1],
  ['dotimes', 1],
  ['if', 1],
  ['if-let', 1],
  ['when', 1],
  ['when-not', 1],
  ['unless', 1],
  ['when-let', 1],
  ['with-resource', 1],
  ['do', 0],
  ['try', 0],
  ['finally', 0],
  ['parallel', 0],
  ['step-parallel', 0],
  ['module', 1],
  ['deftest', 1],
  ['deftype', 1],
  ['step', 1],
  ['step-if', 1],
  ['step-loop', 1],
])

const bindingForms = new Set(['let', 'letrec', 'loop', 'if-let', 'when-let'])

/** The rule of a collection; `items` are its forms without comments, `head` names the list it stands in. */
export function collectionRule(
  kind: 'list' | 'vector' | 'map' | 'anonymous-fn',
  items: readonly Form[],
  head: string | undefined,
): Rule {
  switch (kind) {
    case 'list':
    case 'anonymous-fn':
      return listRule(items)
    case 'map':
      return rule(0, 1, pairs(items, 0))
    case 'vector':
      return rule(0, 1, vectorGroups(items, head))
  }
}

function listRule(items: readonly Form[]): Rule {
  const head = symbolName(items[0])
  if (head === undefined) return keywordOf(items[0]) === undefined ? rule(1, 1) : rule(2, 'align')
  const block = blockForms.get(head)
  if (block !== undefined) return rule(Math.min(items.length, block + 1), 2)
  switch (head) {
    case 'fn':
    case 'λ':
      return rule(afterParams(items), 2)
    case 'defn':
    case 'defmacro': {
      const plain = items[2]?.kind === 'vector'
      return rule(plain ? afterParams(items) : 2, 2, plain ? [] : signatureGroups(items))
    }
    case 'def':
      return rule(2 + returnTypeSize(items, 2), 2)
    case 'cond':
      return rule(1, 2, pairs(items, 1), true)
    case 'match':
      return rule(2, 2, matchGroups(items), true)
    case 'case':
      return rule(2, 2, pairs(items, 2), true)
    case 'catch':
      return rule(items.length > 3 && items[2]!.kind === 'symbol' ? 3 : 2, 2)
    case 'defstruct':
      return rule(2, 2, pairs(items, 2))
    default: {
      const named = objectKinds.has(head) && keywordOf(items[items.length % 2 === 0 ? 2 : 1]) !== undefined
      if (named) {
        const header = items.length % 2 === 0 ? 2 : 1
        return rule(header, 2, pairs(items, header))
      }
      return rule(2, 'align')
    }
  }
}

function rule(header: number, indent: Rule['indent'], groups: readonly number[] = [], drop = false): Rule {
  return { header, indent, groups, drop }
}

function pairs(items: readonly Form[], from: number): number[] {
  return new Array(Math.floor((items.length - from) / 2)).fill(2)
}

/** Index of the first form after the parameters and the return type. */
function afterParams(items: readonly Form[]): number {
  const params = items.findIndex(item => unwrapped(item).kind === 'vector')
  if (params < 0) return Math.min(items.length, 2)
  return params + 1 + returnTypeSize(items, params + 1)
}

function returnTypeSize(items: readonly Form[], at: number): number {
  if (items[at]?.kind === 'colon') return Math.min(2, items.length - at)
  return keywordOf(items[at]) !== undefined && items.length > at + 1 ? 1 : 0
}

/** After the name of a `defn`: docstring and metadata on their own lines, parameters with the return type. */
function signatureGroups(items: readonly Form[]): number[] {
  const groups: number[] = []
  for (let i = 2; i < items.length; i++) {
    if (unwrapped(items[i]!).kind === 'vector') return [...groups, 1 + returnTypeSize(items, i + 1)]
    groups.push(1)
  }
  return groups
}

function unwrapped(form: Form): Form {
  let inner = form
  while (inner.kind === 'metadata') inner = inner.items[inner.items.length - 1]!
  return inner
}

function matchGroups(items: readonly Form[]): number[] {
  const groups: number[] = []
  for (let i = 2; i < items.length; i += groups[groups.length - 1]!) {
    groups.push(symbolName(items[i + 1]) === 'when' ? 4 : 2)
  }
  return groups
}

/** The groups of a vector that holds the bindings of `head`; none for plain data. */
function vectorGroups(items: readonly Form[], head: string | undefined): readonly number[] {
  if (head === undefined) return []
  if (bindingForms.has(head)) return bindingSizes(items)
  return head === 'for' ? pairs(items, 0) : []
}

/** True for forms that may be packed, as many to a line as fit. */
export function packs(items: readonly Form[]): boolean {
  return items.length > 4 && items.every(item => item.kind === 'atom' && (stringOf(item)?.length ?? 0) < 20)
}
