import type { Span } from '@rtfs/core'
import type { LambdaNode } from '@rtfs/ir'
import { castKinds } from './casts.js'
import { type Argument, callVariables, keepAll, makeCells } from './emit-bindings.js'
import { emitCheck } from './emit-checks.js'
import { bindPattern } from './emit-patterns.js'
import { bindRecord } from './emit-records.js'
import type { FunctionEmitter } from './function-emitter.js'
import * as k from './kinds.js'

/**
 * Binds arguments to the parameters of the running function as at its entry: each is checked and taken apart in turn,
 * then the rest. For `recur` and for calls of itself, whose place is `span`; at entry the site cell says where.
 */
export function emitParameters(
  e: FunctionEmitter,
  node: LambdaNode,
  args: readonly Argument[],
  span: Span | undefined,
  inMemory: readonly (number | undefined)[] = [],
): void {
  makeCells(e, callVariables(node))
  for (const [index, { annotation, path, pattern }] of node.params.entries()) {
    const { operand, type, kinds } = args[index]!
    const address = inMemory[index]
    if (address !== undefined && pattern.kind === 'map-pattern') {
      bindRecord(e, pattern, e.version.shapes[index]!.record, address, operand)
      continue
    }
    if (annotation === undefined) {
      bindPattern(e, pattern, operand, type, kinds)
      continue
    }
    operand.push()
    const checked = emitCheck(e, type, kinds, annotation, { path, span })
    const value = e.stored(checked)
    bindPattern(e, pattern, value, checked, castKinds(kinds, annotation))
    value.release()
  }
  if (node.rest === undefined) return
  args[node.params.length]!.operand.push()
  emitRest(e, node, span)
}

/** `recur` to the running function: of a variadic one the last value, any sequence, is the rest. */
export function emitRecurParameters(
  e: FunctionEmitter,
  node: LambdaNode,
  args: readonly Argument[],
  span: Span,
): void {
  const kept = keepAll(e, args)
  if (node.rest !== undefined) {
    const { operand, type, kinds } = kept.pop()!
    operand.push()
    operand.release()
    e.convert(type, 'externref', kinds)
    e.raising(e.host('rest-of'), span)
    kept.push({ operand: e.stored('externref'), type: 'externref', kinds: k.list })
  }
  emitParameters(e, node, kept, span)
  for (const { operand } of kept) operand.release()
}

/** Checks and charges the rest list on the stack and binds it. Without a span the site cell says where. */
export function emitRest(e: FunctionEmitter, node: LambdaNode, span: Span | undefined): void {
  const rest = node.rest!
  if (rest.annotation !== undefined) emitRestCheck(e, node, span)
  const list = e.stored('externref')
  list.push()
  e.charging(e.host('charge-rest'), span)
  bindPattern(e, rest.pattern, list, 'externref', k.list)
  list.release()
}

/** Checks each element of the rest list on the stack. */
export function emitRestCheck(e: FunctionEmitter, node: LambdaNode, span: Span | undefined): void {
  const { annotation, path } = node.rest!
  if (annotation === undefined) return
  e.body.globalGet(e.module.typeConstant(annotation, e.frame)).globalGet(e.module.value(path))
  e.charging(e.host('cast-rest'), span)
}
