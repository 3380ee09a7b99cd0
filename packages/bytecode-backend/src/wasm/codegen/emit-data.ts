import { Keyword, RtfsMap, RtfsVector } from '@rtfs/core'
import type { MapNode, Node, VectorNode } from '@rtfs/ir'
import { type ImportFamily, maxPack } from '../abi.js'
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
  const push = (element: Node): void => e.emit(element, 'externref')
  emitInSteps(e, 'vector', elements, 1, push, () => emptyVector(e))
  e.body.i32(elements.length)
  e.raising(e.host('account'), node.span)
  e.finishValue('externref', k.vector, want)
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
  const push = ({ key, value }: { readonly key: Node; readonly value: Node }): void => {
    e.emit(key, 'externref')
    if (!isLegalKey(key)) e.raising(e.host('map-key'), key.span)
    e.emit(value, 'externref')
  }
  emitInSteps(e, 'map', entries, 2, push, empty)
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
  const push = (operand: Operand): void => {
    operand.push()
    operand.release()
  }
  emitInSteps(e, family, operands, 1, push, () => {
    e.body.call(e.module.family(family, 0))
  })
}

function emptyVector(e: FunctionEmitter): void {
  e.body.globalGet(e.module.value(RtfsVector.empty))
}

/** Puts parts together, no more at once than a call to the host carries. */
function emitInSteps<Part>(
  e: FunctionEmitter,
  family: 'vector' | 'map' | 'list',
  parts: readonly Part[],
  valuesPerPart: number,
  push: (part: Part) => void,
  pushEmpty: () => void,
): void {
  if (parts.length * valuesPerPart <= maxPack) {
    parts.forEach(push)
    e.body.call(e.module.family(family, parts.length * valuesPerPart))
    return
  }
  const more: ImportFamily = `${family}-more`
  const size = maxPack / valuesPerPart
  pushEmpty()
  for (let from = 0; from < parts.length; from += size) {
    const step = parts.slice(from, from + size)
    step.forEach(push)
    e.body.call(e.module.family(more, step.length * valuesPerPart))
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
