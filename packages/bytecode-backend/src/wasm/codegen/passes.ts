import { Keyword } from '@rtfs/core'
import type { ApplyNode, Node, Variable } from '@rtfs/ir'
import { libraryFunction } from './builtin-kinds.js'

/** Library functions that are compiled to loops: a walk over a collection with a call for each element. */
export type PassName = 'map' | 'mapv' | 'filter' | 'remove' | 'reduce' | 'every?' | 'some?' | 'some'

const passNames: ReadonlySet<string> = new Set<PassName>([
  'map',
  'mapv',
  'filter',
  'remove',
  'reduce',
  'every?',
  'some?',
  'some',
])

/**
 * A call of such a function, as a loop. What is done for each element is an ordinary call, made up here, of `fn` with
 * variables made up here: it is compiled like a call that somebody wrote where the whole call stands.
 */
export interface PassFacts {
  readonly name: PassName
  readonly fn: Node
  /** The start value of `reduce`. */
  readonly start: Node | undefined
  readonly collection: Node
  readonly item: Variable
  /** What `reduce` has gathered so far. */
  readonly gathered: Variable
  readonly call: ApplyNode
}

/** Variables and nodes that are made up have numbers of their own, far below those of parameters as they arrive. */
const firstVariable = -1_000_000

/** The parts of a call that may become a loop; `undefined` for all other calls. */
export function passOf(node: ApplyNode): PassFacts | undefined {
  const { callee, args, id, span } = node
  if (callee.kind !== 'ref' || callee.scope !== 'builtin') return undefined
  const name = libraryFunction(callee.name)?.name
  if (name === undefined || !passNames.has(name)) return undefined
  if (args.length !== 2 && !(name === 'reduce' && args.length === 3)) return undefined
  const item = { id: firstVariable - 2 * id, name: 'item', cell: false }
  const gathered = { id: firstVariable - 2 * id - 1, name: 'gathered', cell: false }
  const fn = args[0]!
  const reference = (variable: Variable, nodeId: number): Node => {
    return { ...callee, id: nodeId, span, scope: 'local', name: variable.name, variable: variable.id }
  }
  const items = [reference(item, -3 * id - 2)]
  if (name === 'reduce') items.unshift(reference(gathered, -3 * id - 3))
  const call: ApplyNode = { ...node, id: -3 * id - 1, callee: fn, args: items, tail: 'no' }
  return {
    name: name as PassName,
    fn,
    start: args.length === 3 ? args[1] : undefined,
    collection: args[args.length - 1]!,
    item,
    gathered,
    call,
  }
}

/** True for functions that need no evaluation of their own, apart from variables and known functions. */
export function isPlainFunction(fn: Node): boolean {
  if (fn.kind === 'lambda') return true
  if (fn.kind === 'literal') return fn.value instanceof Keyword
  return fn.kind === 'ref' && fn.scope === 'builtin' && libraryFunction(fn.name) !== undefined
}

export function isMapping(name: PassName): boolean {
  return name === 'map' || name === 'mapv'
}

/** True for passes that give a vector. */
export function givesVector(name: PassName): boolean {
  return isMapping(name) || name === 'filter' || name === 'remove'
}
