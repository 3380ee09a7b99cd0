import type { Span } from '@rtfs/core'
import type { ApplyNode, LambdaNode, Node } from '@rtfs/ir'
import { arityText } from '@rtfs/stdlib'
import { maxArguments, memoryCells, unmeteredFunctions } from '../abi.js'
import type { FunctionReference } from '../encoder/function-body.js'
import { libraryFunction, resultKinds, takes } from './builtin-kinds.js'
import { targetOf } from './call-targets.js'
import type { Argument } from './emit-bindings.js'
import { keepAll } from './emit-bindings.js'
import { emitSelfObject } from './emit-closures.js'
import { emitPackedNodes } from './emit-data.js'
import { emitToReturn } from './emit-node.js'
import { emitParameters } from './emit-parameters.js'
import { emitPass } from './emit-passes.js'
import { emitRecordField, pushRecords, recordOperand } from './emit-records.js'
import type { LambdaFacts } from './facts.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import { inlineCall } from './inline-calls.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** A call whose value goes on inside the function. */
export function emitApply(e: FunctionEmitter, node: ApplyNode, want: Want): void {
  if (endsEarly(e, node)) return
  const { callee } = node
  const field = emitRecordField(e, node)
  if (field !== undefined) {
    e.finishValue(field, e.kinds(node), want)
    return
  }
  if (callee.kind === 'ref' && callee.scope === 'builtin') {
    emitLibraryCall(e, node, callee.name, want)
    return
  }
  const target = targetOf(e, node)
  if (target === undefined) {
    emitOpenCall(e, node, want)
    return
  }
  emitKnownCall(e, node, target)
  e.finishValue(k.representation(target.result), target.result, want)
}

/** A call in tail position: one that leaves the function does not grow the stack. */
export function emitTailApply(e: FunctionEmitter, node: ApplyNode): void {
  if (endsEarly(e, node)) return
  const { callee } = node
  const field = emitRecordField(e, node)
  if (field !== undefined) {
    e.emitReturn(field, e.kinds(node))
    return
  }
  if (callee.kind === 'ref' && callee.scope === 'builtin') {
    emitToReturn(e, e.kinds(node), type => emitLibraryCall(e, node, callee.name, type))
    return
  }
  const target = targetOf(e, node)
  if (target === undefined) {
    emitOpenTailCall(e, node)
    return
  }
  if (!isTailCall(e, node, target.lambda!)) {
    emitKnownCall(e, node, target)
    e.emitReturn(k.representation(target.result), target.result)
    return
  }
  if (target === e.version && e.loops.has(target.lambda!.node.id)) {
    emitSelfJump(e, node, target)
    return
  }
  emitKnownTailCall(e, node, target)
}

/** Writes a call with an argument that never gives a value: what comes before it happens, the call does not. */
function endsEarly(e: FunctionEmitter, node: ApplyNode): boolean {
  const { callee, args } = node
  const isKnown = e.module.facts.knownCallee(callee, args.length) !== undefined
  const parts = isKnown ? args : [callee, ...args]
  if (!parts.some(part => e.kinds(part) === k.never)) return false
  for (const part of parts) {
    e.emit(part, 'none')
    if (e.kinds(part) === k.never) e.body.unreachable()
  }
  return true
}

/** True for a call that takes the place of the running function: depth does not count it. */
function isTailCall(e: FunctionEmitter, node: ApplyNode, lambda: LambdaFacts): boolean {
  return node.tail === 'yes' || (node.tail === 'self' && lambda === e.version.lambda)
}

// Library functions

function emitLibraryCall(e: FunctionEmitter, node: ApplyNode, name: string, want: Want): void {
  const pass = e.module.facts.passes.get(node.id)
  if (pass !== undefined) {
    emitPass(e, node, pass, want)
    return
  }
  const inlined = inlineCall(
    name,
    node.args.map(arg => e.kinds(arg)),
    node,
  )
  if (inlined !== undefined) {
    inlined.emit(e, node)
    e.finishValue(k.representation(inlined.result), inlined.result, want)
    return
  }
  const builtin = libraryFunction(name)!
  const count = node.args.length
  if (!takes(builtin, count)) {
    emitArityMismatch(e, node, builtin.name, arityText(builtin.definition.arity))
    return
  }
  const isPacked = count > maxArguments
  if (isPacked) emitPackedNodes(e, 'vector', node.args)
  else for (const arg of node.args) e.emit(arg, 'externref')
  e.spend(1, node.span)
  const kinds = resultKinds(builtin)
  const type = kinds === k.bool ? 'i32' : 'externref'
  const target = e.module.importLibrary(builtin.name, isPacked ? 'many' : count, type)
  if (builtin.definition.implementation.kind === 'steps') e.syncDepth()
  if (!isPacked && unmeteredFunctions.has(builtin.name)) e.raising(target, node.span)
  else e.charging(target, node.span)
  e.finishValue(type, kinds, want)
}

function emitArityMismatch(e: FunctionEmitter, node: ApplyNode, name: string, expected: string): void {
  for (const arg of node.args) e.emit(arg, 'none')
  e.spend(1, node.span)
  e.body.globalGet(e.module.value(name)).globalGet(e.module.value(expected)).i32(node.args.length)
  e.raising(e.host('arity'), node.span)
  e.body.unreachable()
}

// Known functions

/** Evaluates the arguments of a call of a known function, as the code of `target` takes them. */
function emitOperands(e: FunctionEmitter, node: ApplyNode, target: Version): Operand[] {
  const { params, rest } = target.lambda!.node
  const fixed = node.args.slice(0, params.length).map((arg, index) => {
    if (target.shapes[index] !== undefined) return recordOperand(e, arg, target, index)
    return e.operand(arg, k.representation(target.params[index]!))
  })
  if (rest === undefined) return fixed
  emitPackedNodes(e, 'list', node.args.slice(params.length))
  return [...fixed, e.stored('externref')]
}

/** Evaluates what a call needs, charges it and checks that it may be made; then pushes everything it takes. */
function prepareCall(e: FunctionEmitter, node: ApplyNode, target: Version, isTail: boolean): number {
  const lambda = target.lambda!
  if (node.callee.kind === 'lambda') emitSelfObject(e, lambda)
  const operands = emitOperands(e, node, target)
  e.spend(1, node.span)
  const site = e.site(node.span, lambda.node.name ?? 'fn')
  if (isTail) e.checkFuel(site)
  else e.checkCall(site)
  // Errors about arguments are reported at the call, of which the function itself knows nothing.
  if (!target.checked || target.entryUnits > 0 || lambda.node.rest !== undefined) storeSite(e, site)
  e.body.localGet(e.fuel)
  if (isTail) e.body.localGet(e.depth)
  else e.pushInnerDepth()
  for (const variable of lambda.needs) e.body.localGet(e.variable(variable).index)
  for (const operand of operands) operand.push()
  pushRecords(e, node, target)
  for (const operand of operands) operand.release()
  return site
}

function storeSite(e: FunctionEmitter, site: number): void {
  e.body.i32(0).i32(site).memory('i32.store', memoryCells.site)
}

/** A call whose result is left on the stack as its kinds travel. */
function emitKnownCall(e: FunctionEmitter, node: ApplyNode, target: Version): void {
  const isTail = isTailCall(e, node, target.lambda!)
  const site = prepareCall(e, node, target, isTail)
  const call = (): void => {
    e.body.call(e.module.function(target)).localSet(e.fuel)
  }
  if (isTail) call()
  else e.traced(site, undefined, call)
  if (target.result === k.never) e.body.op('drop').unreachable()
}

function emitKnownTailCall(e: FunctionEmitter, node: ApplyNode, target: Version): void {
  const result = k.representation(target.result)
  if (result === e.returnType) {
    prepareCall(e, node, target, true)
    e.freeOwned()
    e.body.returnCall(e.module.function(target))
    return
  }
  // Functions that call one another in tail position have the same results; this one never calls back.
  emitKnownCall(e, node, target)
  e.emitPlainReturn(result, target.result)
}

/** A tail call of the running version: back to its start. */
function emitSelfJump(e: FunctionEmitter, node: ApplyNode, target: Version): void {
  const lambda = target.lambda!.node
  const operands = emitOperands(e, node, target)
  e.spend(1, node.span)
  const args = operands.map((operand, index): Argument => {
    const kinds = target.params[index]!
    return { operand, type: k.representation(kinds), kinds }
  })
  rebindSelf(e, lambda, args, node.span)
  for (const operand of operands) operand.release()
  e.jumpBack(e.loops.get(lambda.id)!, node.span)
}

function rebindSelf(e: FunctionEmitter, lambda: LambdaNode, args: readonly Argument[], span: Span): void {
  const locals = lambda.params.map(({ pattern, annotation }, index) => {
    if (pattern.kind !== 'bind' || e.module.facts.isCell(pattern.variable)) return undefined
    if (annotation !== undefined && !e.version.checked) return undefined
    const local = e.place(pattern.variable)
    return local.type === args[index]!.type ? local.index : undefined
  })
  if (lambda.rest === undefined && lambda.declares.length === 0 && !locals.includes(undefined)) {
    for (const { operand } of args) operand.push()
    for (const local of [...locals].reverse()) e.body.localSet(local!)
    return
  }
  const kept = keepAll(e, args)
  emitParameters(e, e.version.checked ? withoutAnnotations(lambda) : lambda, kept, span)
  for (const { operand } of kept) operand.release()
}

function withoutAnnotations(node: LambdaNode): LambdaNode {
  const params = node.params.map(param => ({ ...param, annotation: undefined }))
  return {
    ...node,
    params,
    rest: node.rest === undefined ? undefined : { ...node.rest, annotation: undefined },
  }
}

// Any other value

/** A call of a value of which nothing is known before the program runs. */
function emitOpenCall(e: FunctionEmitter, node: ApplyNode, want: Want): void {
  if (emitKeywordCall(e, node)) {
    e.finishValue('externref', k.any, want)
    return
  }
  const call = prepareOpenCall(e, node)
  const isTail = node.tail === 'yes'
  e.pushFuel()
  if (isTail) e.body.localGet(e.depth)
  else e.pushInnerDepth()
  if (isTail) finishOpenCall(e, node, call)
  else e.traced(call.site, call.callee, () => finishOpenCall(e, node, call))
  e.finishValue('externref', k.any, want)
}

function emitOpenTailCall(e: FunctionEmitter, node: ApplyNode): void {
  if (node.tail === 'self') {
    emitMaybeSelfCall(e, node)
    return
  }
  if (node.tail === 'no' || isKeyword(node.callee) || e.returnType !== 'externref') {
    emitOpenCall(e, node, 'externref')
    e.emitReturn('externref', k.any)
    return
  }
  const { callee, args } = prepareOpenCall(e, node)
  e.pushFuel()
  e.body.localGet(e.depth)
  callee.push()
  for (const arg of args) arg.push()
  e.freeOwned()
  e.body.returnCall(openHelper(e, node))
  callee.release()
  for (const arg of args) arg.release()
}

/** In a function with a return annotation: only a call of the function itself is a tail call. */
function emitMaybeSelfCall(e: FunctionEmitter, node: ApplyNode): void {
  if (emitKeywordCall(e, node)) {
    e.emitReturn('externref', k.any)
    return
  }
  const { body } = e
  const prepared = prepareOpenCall(e, node)
  const isSelf = e.temp('i32')
  prepared.callee.push()
  body.i32(e.version.lambda!.node.id).call(e.host('same-function')).localSet(isSelf)
  e.pushFuel()
  body.localGet(e.depth).localGet(isSelf).op('i32.eqz').op('i32.sub')
  // A call of itself takes the place of this one, also in call stacks.
  e.traced(prepared.site, prepared.callee, () => finishOpenCall(e, node, prepared), isSelf)
  const value = e.stored('externref')
  body.localGet(isSelf)
  e.ifElse(
    undefined,
    () => {
      // Checked by the very check that is due here.
      value.push()
      e.emitPlainReturn('externref', e.version.result)
    },
    () => {
      value.push()
      e.emitReturn('externref', k.any)
    },
  )
  value.release()
  e.release(isSelf, 'i32')
}

interface OpenCall {
  readonly site: number
  readonly callee: Operand
  readonly args: readonly Operand[]
}

/** Evaluates callee and arguments, charges the call and says where it stands. */
function prepareOpenCall(e: FunctionEmitter, node: ApplyNode): OpenCall {
  const callee = e.operand(node.callee, 'externref')
  const args = openArguments(e, node)
  e.spend(1, node.span)
  const site = e.site(node.span)
  storeSite(e, site)
  e.syncDepth()
  // Whether it is over is looked at on the way into the call.
  e.subtract()
  return { site, callee, args }
}

/** The arguments as the helper for the call takes them. */
function openArguments(e: FunctionEmitter, { args }: ApplyNode): Operand[] {
  if (args.length <= maxArguments) return args.map(arg => e.operand(arg, 'externref'))
  emitPackedNodes(e, 'vector', args)
  return [e.stored('externref')]
}

function openHelper(e: FunctionEmitter, { args }: ApplyNode): FunctionReference {
  return args.length > maxArguments ? e.module.packedCallHelper : e.module.callHelper(args.length)
}

/** Makes the call; fuel and depth are on the stack. */
function finishOpenCall(e: FunctionEmitter, node: ApplyNode, { callee, args }: OpenCall): void {
  callee.push()
  for (const arg of args) arg.push()
  e.body.call(openHelper(e, node)).localSet(e.fuel)
  callee.release()
  for (const arg of args) arg.release()
}

function isKeyword(callee: Node): boolean {
  return callee.kind === 'literal' && k.kindOf(callee.value) === k.keyword
}

/** `(:k m)`, `(:k m default)`. */
function emitKeywordCall(e: FunctionEmitter, node: ApplyNode): boolean {
  const count = node.args.length
  if (!isKeyword(node.callee) || count < 1 || count > 2) return false
  e.emit(node.callee, 'externref')
  for (const arg of node.args) e.emit(arg, 'externref')
  e.spend(1, node.span)
  e.raising(e.host(count === 1 ? 'keyword-get' : 'keyword-get-or'), node.span)
  return true
}
