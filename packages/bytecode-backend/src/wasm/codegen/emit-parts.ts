import type { LoopNode, Node, Variable } from '@rtfs/ir'
import { maxPack } from '../abi.js'
import type { FunctionBody, FunctionReference } from '../encoder/function-body.js'
import type { ValueType } from '../encoder/value-types.js'
import { excessOf } from '../module-limits.js'
import { makesCalls } from './emit-functions.js'
import { addressOf, sizeOf } from './emit-records.js'
import { FunctionEmitter, type Local, type Operand, type Want } from './function-emitter.js'
import * as k from './kinds.js'
import type { ModuleEmitter } from './module-emitter.js'
import { branchDepth, type PartSize, planSplit, type SplitPlan, variablesOf } from './split-plan.js'

/*
 * Functions that a loader would refuse are written in parts: functions of the module that take the locals they read
 * and give one value. A part is no call: nothing is charged for it, no depth is entered, call stacks do not show it.
 * A function is first written whole, so that splitting changes nothing of what is small enough.
 */

/** A part whose code is still to be written. */
export interface Part {
  readonly reference: FunctionReference
  readonly nodes: readonly Node[]
  readonly plan: SplitPlan
  readonly make: () => FunctionEmitter
  readonly write: (e: FunctionEmitter) => void
}

/** A value that is no variable and that a part takes. */
export interface Given {
  readonly operand: Operand
  readonly type: ValueType
}

/** What is to become a part. */
export interface PartRequest {
  readonly nodes: readonly Node[]
  /** Variables that the code fills although no node of it reads them. */
  readonly variables?: readonly Variable[]
  readonly given?: readonly Given[]
  /** `tail`: the value of the part is that of the function. */
  readonly want: Want | 'tail'
  /** Set when it is the body of a loop, or of a function, that parts of it jump to; it returns, it does not end. */
  readonly loop?: { readonly id: number; readonly node: LoopNode | undefined }
  /** `given`: what was given, in the part. */
  readonly write: (part: FunctionEmitter, given: readonly Operand[]) => void
}

/** Variables that a part was given in one vector, because they are too many for parameters. */
export interface Bundle {
  readonly variables: readonly number[]
}

/** The function behind the body of a loop, for the parts that jump to it. */
export interface LoopFunction {
  readonly reference: FunctionReference
  readonly variables: readonly number[]
  readonly bundles: readonly Bundle[]
  /** Variables that a jump binds. */
  readonly bound: ReadonlySet<number>
}

/** Locals that a part takes at most. */
const mostCaptured = 200

/** Calls a new part. */
export function emitPart(e: FunctionEmitter, request: PartRequest): void {
  const { module, version, body, frame } = e
  const plan = e.plan!
  const { nodes, want, write, loop, given = [] } = request
  const read = variablesOf(module.facts, nodes)
  for (const { id } of request.variables ?? []) read.add(id)
  const bundles = new Set<Bundle>()
  for (const target of jumpsOf(plan, nodes)) {
    const jump = e.loopFunctions.get(target)
    for (const id of jump?.variables ?? []) read.add(id)
    for (const bundle of jump?.bundles ?? []) bundles.add(bundle)
  }
  const inMemory = [...read].flatMap(id => [addressOf(id), sizeOf(id)]).filter(id => e.variables.has(id))
  const ownedMemory = want === 'tail' || loop !== undefined ? e.ownedMemory : undefined
  if (ownedMemory !== undefined) inMemory.push(ownedMemory)
  for (const id of inMemory) read.add(id)
  e.settle()
  const here = [...e.variables].filter(([id]) => read.has(id)).sort(([a], [b]) => a - b)
  for (const [id, { bundle }] of e.bundled) {
    if (read.has(id) && !e.variables.has(id)) bundles.add(bundle)
  }
  const pinned = new Set((request.variables ?? []).map(({ id }) => id))
  for (const { bound } of e.loopFunctions.values()) for (const id of bound) pinned.add(id)
  for (const id of inMemory) pinned.add(id)
  const { kept, fresh } = bundle(here, pinned)
  const carried = [...bundles]
  const freshBundle = fresh === undefined ? undefined : emitBundle(e, fresh)
  const params: ValueType[] = ['i32', 'i32', ...kept.map(([, { type }]) => type)]
  for (let i = carried.length + (fresh === undefined ? 0 : 1); i > 0; i--) params.push('externref')
  const firstGiven = params.length
  params.push(...given.map(({ type }) => type))
  const returnsAs = want === 'tail' ? e.returnsAs : want
  const value = returnsAs ?? k.representation(version.result)
  const results: ValueType[] = value === 'none' ? ['i32'] : [value, 'i32']
  const reference = module.builder.declare(`${version.lambda?.node.name ?? '@init'} part`, {
    params,
    results,
  })
  const loopFunctions = new Map(e.loopFunctions)
  const loopNodes = new Map(e.loopNodes)
  const all = fresh === undefined ? carried : [...carried, fresh]
  if (loop !== undefined) {
    const variables = kept.map(([id]) => id)
    const bound = new Set((request.variables ?? []).map(({ id }) => id))
    loopFunctions.set(loop.id, { reference, variables, bundles: all, bound })
    if (loop.node !== undefined) loopNodes.set(loop.id, loop.node)
  }
  const missing = new Set([...e.variables.keys(), ...e.bundled.keys(), ...e.missing])
  const valueless = [...e.valueless]
  const make = (): FunctionEmitter => {
    const part = new FunctionEmitter(module, version, params.length, { frame, returnsAs })
    for (const [position, [id, { type }]] of kept.entries()) {
      part.variables.set(id, { index: 2 + position, type })
      missing.delete(id)
    }
    for (const [position, each] of all.entries()) {
      const index = 2 + kept.length + position
      part.bundles.set(each, index)
      each.variables.forEach((id, slot) => {
        part.bundled.set(id, { bundle: each, slot })
        missing.delete(id)
      })
    }
    part.missing = new Set(missing)
    part.ownedMemory = ownedMemory
    for (const id of valueless) part.valueless.add(id)
    for (const [id, target] of loopFunctions) part.loopFunctions.set(id, target)
    for (const [id, node] of loopNodes) part.loopNodes.set(id, node)
    return part
  }
  const writePart = (part: FunctionEmitter): void => {
    if (makesCalls(nodes)) part.traceCalls()
    const operands = given.map((_, index): Operand => {
      const local = firstGiven + index
      return { push: () => part.body.localGet(local), release: () => {}, local }
    })
    write(part, operands)
    if (want === 'tail' || loop !== undefined) return
    part.settle()
    part.body.localGet(part.fuel).return()
  }
  body.localGet(e.fuel).localGet(e.depth)
  for (const [, { index }] of kept) body.localGet(index)
  for (const each of carried) body.localGet(e.bundles.get(each)!)
  freshBundle?.push()
  for (const { operand } of given) operand.push()
  freshBundle?.release()
  if (want === 'tail') body.returnCall(reference)
  else body.call(reference).localSet(e.fuel)
  e.parts.push({ reference, nodes, plan, make, write: writePart })
}

/** Which variables travel as parameters, and which in a vector because they are too many. */
function bundle(
  here: readonly (readonly [number, Local])[],
  pinned: ReadonlySet<number>,
): { readonly kept: readonly (readonly [number, Local])[]; readonly fresh: Bundle | undefined } {
  if (here.length <= mostCaptured) return { kept: here, fresh: undefined }
  const kept = here.filter(([id]) => pinned.has(id))
  const variables = here.filter(([id]) => !pinned.has(id)).map(([id]) => id)
  return { kept, fresh: variables.length === 0 ? undefined : { variables } }
}

function emitBundle(e: FunctionEmitter, { variables }: Bundle): Operand {
  const { body, module } = e
  body.call(module.family('vector', 0))
  for (let from = 0; from < variables.length; from += maxPack) {
    const some = variables.slice(from, from + maxPack)
    for (const id of some) {
      const { index, type } = e.variables.get(id)!
      const kinds = type === 'externref' ? k.any : module.inference.variableKinds(e.version, id)
      e.finishValue(type, kinds, 'externref', () => body.localGet(index))
    }
    body.call(module.family('vector-more', some.length))
  }
  return e.stored('externref')
}

function jumpsOf(plan: SplitPlan, nodes: readonly Node[]): Set<number> {
  const targets = new Set<number>()
  for (const node of nodes) {
    const target = plan.jumps.get(node)
    if (target !== undefined) targets.add(target)
  }
  return targets
}

/** A jump from a part to the body of a loop, which is another part. */
export function emitPartJump(e: FunctionEmitter, target: number): void {
  const { reference, variables, bundles } = e.loopFunctions.get(target)!
  const { body } = e
  const locals = variables.map(id => (e.variables.get(id) ?? e.variable(e.module.facts.variable(id))).index)
  body.localGet(e.fuel).localGet(e.depth)
  for (const local of locals) body.localGet(local)
  for (const each of bundles) body.localGet(e.bundles.get(each)!)
  body.returnCall(reference)
}

/** Writes an expression as a part where the plan says so. */
export function emitNodePart(e: FunctionEmitter, node: Node, want: Want | 'tail'): boolean {
  const { plan } = e
  if (plan === undefined || !plan.parts.has(node) || e.root === node || !e.body.live) return false
  if (!mayLeave(e, node, want)) return false
  const kinds = e.kinds(node)
  const wanted = kinds === k.never && want !== 'tail' ? 'none' : want
  emitPart(e, {
    nodes: [node],
    want: wanted,
    write(part) {
      part.root = node
      if (wanted === 'tail') part.emitTail(node)
      else part.emit(node, wanted)
      if (kinds === k.never) part.body.unreachable()
    },
  })
  if (kinds === k.never && want !== 'tail') e.body.unreachable()
  return true
}

/**
 * False for an expression with a jump that cannot be made from a part, and for one that the plan does not know: of
 * defaults of patterns, which a jump evaluates again, it cannot tell where they jump to.
 */
function mayLeave(e: FunctionEmitter, node: Node, want: Want | 'tail'): boolean {
  if (!e.plan!.weights.has(node)) return false
  const target = e.plan!.jumps.get(node)
  return target === undefined || (want === 'tail' && e.loopFunctions.has(target))
}

/**
 * True when the rest of a sequence should become a part. `rest` gives its expressions, the last of which is the only
 * one that may jump.
 */
export function isFull(e: FunctionEmitter, want: Want | 'tail', rest: () => readonly Node[]): boolean {
  const { plan, body } = e
  if (plan === undefined || !body.live) return false
  const { bytes, locals, blocks, weight } = plan.size
  const isSmall = body.size < bytes && body.localCount < locals
  if (isSmall && body.openBlocks < blocks) return false
  const nodes = rest()
  return (
    (!isSmall || nodes.length > blocks / 8) &&
    isWorth(plan, nodes, weight / 8) &&
    nodes.every(node => mayLeave(e, node, want))
  )
}

function isWorth(plan: SplitPlan, nodes: readonly Node[], least: number): boolean {
  let weight = 0
  for (const node of nodes) {
    weight += weightOf(plan, node)
    if (weight >= least) return true
  }
  return false
}

/** What an expression holds in the code around it. */
export function weightOf(plan: SplitPlan, node: Node): number {
  return plan.parts.has(node) ? 3 : (plan.weights.get(node) ?? 1)
}

/** Writes a function, in parts when it would be too large. */
export function defineFunction(
  module: ModuleEmitter,
  reference: FunctionReference,
  nodes: readonly Node[],
  make: () => FunctionEmitter,
  write: (e: FunctionEmitter) => void,
): void {
  const isDeep = branchDepth(nodes) > module.limits.nesting
  const plan = isDeep ? planSplit(module.facts, nodes, module.partSizes[0]!) : undefined
  const body = attempt(module, make, write, plan)
  module.builder.define(reference, body ?? inParts(module, nodes, make, write, module.partSizes))
}

/** Writes the parts of a function that was split. */
export function definePart(module: ModuleEmitter, { reference, nodes, plan, make, write }: Part): void {
  const body = attempt(module, make, write, plan)
  const smaller = module.partSizes.slice(module.partSizes.indexOf(plan.size) + 1)
  module.builder.define(reference, body ?? inParts(module, nodes, make, write, smaller))
}

function inParts(
  module: ModuleEmitter,
  nodes: readonly Node[],
  make: () => FunctionEmitter,
  write: (e: FunctionEmitter) => void,
  sizes: readonly PartSize[],
): FunctionBody {
  const last = module.partSizes[module.partSizes.length - 1]!
  for (const size of sizes) {
    const body = attempt(module, make, write, planSplit(module.facts, nodes, size))
    if (body !== undefined) return body
  }
  // What no plan makes small enough is refused with the whole module.
  return attempt(module, make, write, planSplit(module.facts, nodes, last), true)!
}

/** The code of a function, unless it is too large: then it is as if it had not been written. */
function attempt(
  module: ModuleEmitter,
  make: () => FunctionEmitter,
  write: (e: FunctionEmitter) => void,
  plan: SplitPlan | undefined,
  anySize = false,
): FunctionBody | undefined {
  const { sites, raises, builder } = module
  const [siteCount, raiseCount] = [sites.length, raises.length]
  const e = make()
  e.plan = plan
  write(e)
  const body = e.finish()
  // Indices of functions are not known yet and count as the longest there are.
  const bytes = 2 * body.size < module.limits.bodyBytes ? body.size : body.assemble().length
  const size = { bytes, locals: body.localCount, nesting: body.deepest }
  if (anySize || excessOf(size, module.limits) === undefined) {
    module.pendingParts.push(...e.parts)
    return body
  }
  sites.length = siteCount
  raises.length = raiseCount
  builder.discard(e.parts.map(({ reference }) => reference))
  return undefined
}
