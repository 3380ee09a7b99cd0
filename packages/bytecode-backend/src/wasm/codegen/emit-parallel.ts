import { keyword, type Span } from '@rtfs/core'
import type { Node, ParallelNode, StepParallelNode } from '@rtfs/ir'
import { memoryCells } from '../abi.js'
import { emitPacked } from './emit-data.js'
import { emitProtected } from './emit-errors.js'
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
  const values = branches.map((branch, index) => {
    const value = e.temp('externref')
    open.push()
    body.i32(index).call(e.host('enter-branch'))
    const label = body.try()
    emitProtected(e, 'none', () => {
      e.emit(branch, 'externref')
      body.localSet(value)
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
    return { push: () => body.localGet(value), release: () => e.release(value, 'externref') }
  })
  open.push()
  e.charging(e.host('close-branches'), span)
  open.release()
  return values
}
