import { Keyword, RtfsMap, RtfsVector } from '@rtfs/core'
import type { MapEntryNode, MapNode, Node, VectorNode } from '@rtfs/ir'
import { type ImportFamily, maxPack } from '../abi.js'
import { emitPart, weightOf } from './emit-parts.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** `[a b]`: elements left to right; accounted when it is complete. */
export function emitVector(e: FunctionEmitter, node: VectorNode, want: Want): void {
  const { elements } = node
  if (endsEarly(e, elements)) return
  if (elements.length === 0) {
    e.finishValue('externref', k.vector, want, () => emptyVector(e))
    return
  }
  emitPackedNodes(e, 'vector', elements)
  e.body.i32(elements.length)
  e.raising(e.host('account'), node.span)
  e.finishValue('externref', k.vector, want)
}

/** Evaluates nodes and puts their values together, not accounted. None of them is one that never gives a value. */
export function emitPackedNodes(e: FunctionEmitter, family: 'vector' | 'list', nodes: readonly Node[]): void {
  if (family === 'vector' && nodes.length > maxPack && nodes.every(({ kind }) => kind === 'literal')) {
    const values = nodes.map(element => (element.kind === 'literal' ? element.value : null))
    e.body.globalGet(e.module.value(RtfsVector.from(values)))
    return
  }
  const packing: Packing<Node> = {
    family,
    valuesPerPart: 1,
    nodesOf: element => [element],
    push: (to, element) => to.emit(element, 'externref'),
    pushEmpty: () => emptyOf(e, family),
  }
  emitInSteps(e, packing, nodes)
}

/** `{k v}`: key before value, entries in source order; of equal keys the last wins. */
export function emitMap(e: FunctionEmitter, node: MapNode, want: Want): void {
  const { entries } = node
  if (
    endsEarly(
      e,
      entries.flatMap(({ key, value }) => [key, value]),
    )
  )
    return
  const empty = (): void => {
    e.body.globalGet(e.module.value(RtfsMap.empty))
  }
  if (entries.length === 0) {
    e.finishValue('externref', k.map, want, empty)
    return
  }
  const packing: Packing<MapEntryNode> = {
    family: 'map',
    valuesPerPart: 2,
    nodesOf: ({ key, value }) => [key, value],
    push(to, { key, value }) {
      to.emit(key, 'externref')
      if (!isLegalKey(key)) to.raising(to.host('map-key'), key.span)
      to.emit(value, 'externref')
    },
    pushEmpty: empty,
  }
  emitInSteps(e, packing, entries)
  e.body.i32(2 * entries.length)
  e.raising(e.host('account'), node.span)
  e.finishValue('externref', k.map, want)
}

/** Puts operands together, not accounted; for a map keys and values in turn. */
export function emitPacked(
  e: FunctionEmitter,
  family: 'vector' | 'map' | 'list',
  operands: readonly Operand[],
): void {
  const packing: Packing<Operand> = {
    family,
    valuesPerPart: 1,
    nodesOf: () => [],
    push(_, operand) {
      operand.push()
      operand.release()
    },
    pushEmpty: () => e.body.call(e.module.family(family, 0)),
  }
  emitInSteps(e, packing, operands)
}

function emptyVector(e: FunctionEmitter): void {
  e.body.globalGet(e.module.value(RtfsVector.empty))
}

function emptyOf(e: FunctionEmitter, family: 'vector' | 'list'): void {
  if (family === 'vector') emptyVector(e)
  else e.body.call(e.module.family(family, 0))
}

/** What is put together: parts that are pushed as one value, or as a key and a value. */
interface Packing<Part> {
  readonly family: 'vector' | 'map' | 'list'
  readonly valuesPerPart: number
  readonly nodesOf: (part: Part) => readonly Node[]
  readonly push: (to: FunctionEmitter, part: Part) => void
  readonly pushEmpty: () => void
}

/** Puts parts together, no more at once than a call to the host carries. */
function emitInSteps<Part>(e: FunctionEmitter, packing: Packing<Part>, parts: readonly Part[]): void {
  const { family, valuesPerPart, push, pushEmpty } = packing
  if (isLarge(e, packing, parts)) {
    emitInParts(e, packing, parts)
    return
  }
  if (parts.length * valuesPerPart <= maxPack) {
    for (const part of parts) push(e, part)
    e.body.call(e.module.family(family, parts.length * valuesPerPart))
    return
  }
  pushEmpty()
  emitMore(e, packing, parts)
}

/** Adds parts to what is on the stack. */
function emitMore<Part>(
  e: FunctionEmitter,
  { family, valuesPerPart, push }: Packing<Part>,
  parts: readonly Part[],
): void {
  const more: ImportFamily = `${family}-more`
  const size = maxPack / valuesPerPart
  for (let from = 0; from < parts.length; from += size) {
    const step = parts.slice(from, from + size)
    for (const part of step) push(e, part)
    e.body.call(e.module.family(more, step.length * valuesPerPart))
  }
}

/** True for a literal that holds too much for one part of a function. */
function isLarge<Part>(e: FunctionEmitter, { nodesOf }: Packing<Part>, parts: readonly Part[]): boolean {
  const { plan } = e
  if (plan === undefined || !e.body.live || parts.length < 2) return false
  let weight = 0
  for (const part of parts) for (const node of nodesOf(part)) weight += weightOf(plan, node)
  return weight >= plan.size.weight
}

/** The same with a part for each stretch of a large literal: it takes what there is so far and gives it with more. */
function emitInParts<Part>(e: FunctionEmitter, packing: Packing<Part>, parts: readonly Part[]): void {
  const plan = e.plan!
  const stretch = plan.size.weight / 2
  packing.pushEmpty()
  for (let from = 0; from < parts.length; ) {
    let to = from
    for (let weight = 0; to < parts.length && (to === from || weight < stretch); to++) {
      for (const node of packing.nodesOf(parts[to]!)) weight += weightOf(plan, node)
    }
    const some = parts.slice(from, to)
    const soFar = e.stored('externref')
    emitPart(e, {
      nodes: some.flatMap(packing.nodesOf),
      given: [{ operand: soFar, type: 'externref' }],
      want: 'externref',
      write(part, [given]) {
        given!.push()
        emitMore(part, packing, some)
      },
    })
    soFar.release()
    from = to
  }
}

/** Literals that may be keys need no check. */
function isLegalKey(key: Node): boolean {
  if (key.kind !== 'literal') return false
  const { value } = key
  return value instanceof Keyword || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

/** Writes parts of which one never gives a value: what comes before it happens. */
function endsEarly(e: FunctionEmitter, parts: readonly Node[]): boolean {
  if (!parts.some(part => e.kinds(part) === k.never)) return false
  for (const part of parts) {
    e.emit(part, 'none')
    if (e.kinds(part) === k.never) e.body.unreachable()
  }
  return true
}
