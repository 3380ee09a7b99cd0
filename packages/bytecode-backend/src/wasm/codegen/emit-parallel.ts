import { keyword, type Span } from '@rtfs/core'
import type { Node, ParallelNode, StepParallelNode } from '@rtfs/ir'
import { memoryCells } from '../abi.js'
import { emitPacked } from './emit-data.js'
import { emitProtected } from './emit-errors.js'
import { emitPart, isFull } from './emit-parts.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** `parallel`: independent branches; a map from the keyword of each name to its value (LANGUAGE §5.9). */
export function emitParallel(e: FunctionEmitter, node: ParallelNode, want: Want): void {
  const values = emitBranches(
    e,
    node.bindings.map(({ init }) => init),
    node.span,
  )
  const entries = node.bindings.flatMap(({ name }, index): Operand[] => {
    const key = e.module.value(keyword(name))
    return [{ push: () => e.body.globalGet(key), release: () => {} }, values[index]!]
  })
  emitPacked(e, 'map', entries)
  emitAccount(e, entries.length, node.span)
  e.finishValue('externref', k.map, want)
}

/** `step-parallel`: a vector of the values (LANGUAGE §5.13). */
export function emitStepParallel(e: FunctionEmitter, node: StepParallelNode, want: Want): void {
  for (const { value } of node.options) {
    e.emit(value, 'none')
    if (e.kinds(value) === k.never) e.body.unreachable()
  }
  const values = emitBranches(e, node.branches, node.span)
  emitPacked(e, 'vector', values)
  emitAccount(e, values.length, node.span)
  e.finishValue('externref', k.vector, want)
}

function emitAccount(e: FunctionEmitter, count: number, span: Span): void {
  e.body.i32(count)
  e.raising(e.host('account'), span)
}

/**
 * Runs every branch. What they throw is kept by the host until all have run: then the run suspends for all their
 * effects at once, or the first failure in source order is raised.
 */
function emitBranches(e: FunctionEmitter, branches: readonly Node[], span: Span): Operand[] {
  const { body } = e
  e.settle()
  body.call(e.host('open-branches'))
  const open = e.stored('externref')
  const values = isLong(e, branches)
    ? emitLongList(e, branches, open)
    : branches.map((branch, index) => {
        const value = e.temp('externref')
        emitBranch(e, branch, index, open, () => body.localSet(value))
        return { push: () => body.localGet(value), release: () => e.release(value, 'externref') }
      })
  open.push()
  e.charging(e.host('close-branches'), span)
  open.release()
  return values
}

/** True for more branches than there can be locals for their values. */
function isLong(e: FunctionEmitter, branches: readonly Node[]): boolean {
  return e.plan !== undefined && branches.length > 100
}

/** The same for very many branches: their values are with the host. */
function emitLongList(e: FunctionEmitter, branches: readonly Node[], open: Operand): Operand[] {
  const { body } = e
  body.call(e.host('collect'))
  const results = e.stored('externref')
  emitFrom(e, branches, 0, open, results)
  results.push()
  body.call(e.host('collected'))
  const values = e.stored('externref')
  results.release()
  return branches.map((_, index) => ({
    push: () => {
      values.push()
      body.i32(index).call(e.host('item'))
    },
    release() {
      if (index === branches.length - 1) values.release()
    },
  }))
}

function emitFrom(
  e: FunctionEmitter,
  branches: readonly Node[],
  from: number,
  open: Operand,
  results: Operand,
): void {
  for (const [index, branch] of branches.entries()) {
    if (index < from) continue
    if (index > from && isFull(e, 'none', () => branches.slice(index))) {
      emitPart(e, {
        nodes: branches.slice(index),
        given: [open, results].map(operand => ({ operand, type: 'externref' })),
        want: 'none',
        write: (part, [given, list]) => emitFrom(part, branches, index, given!, list!),
      })
      return
    }
    const value = e.temp('externref')
    emitBranch(e, branch, index, open, () => e.body.localSet(value))
    // Of a branch that failed there is none, and nobody will ask for the others.
    results.push()
    e.body.localGet(value).call(e.host('append'))
    e.release(value, 'externref')
  }
}

function emitBranch(e: FunctionEmitter, branch: Node, index: number, open: Operand, keep: () => void): void {
  const { body } = e
  open.push()
  body.i32(index).call(e.host('enter-branch'))
  const label = body.try()
  emitProtected(e, 'none', () => {
    e.emit(branch, 'externref')
    keep()
  })
  body.catchAll()
  e.notePassing()
  open.push()
  body.call(e.host('fail-branch')).op('i32.eqz')
  body.if()
  open.push()
  body.call(e.host('leave-branch')).rethrow(label)
  body.end()
  body.i32(0).memory('i32.load', memoryCells.fuel).localSet(e.fuel)
  e.settled()
  body.end()
  open.push()
  body.call(e.host('leave-branch'))
}
