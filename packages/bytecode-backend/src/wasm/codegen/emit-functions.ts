import type { ApplyNode, LambdaNode, Node } from '@rtfs/ir'
import { forEachChild } from '@rtfs/ir'
import { memoryCells } from '../abi.js'
import type { ValueType } from '../encoder/value-types.js'
import { libraryFunction } from './builtin-kinds.js'
import { targetOf } from './call-targets.js'
import { callVariables, emitDefinedFunctions } from './emit-bindings.js'
import { emitCheck } from './emit-checks.js'
import { emitParameters, emitRestCheck } from './emit-parameters.js'
import { defineFunction, emitPart } from './emit-parts.js'
import { bindMemoryArguments, emitEntryUnits, emitRecordGuards, memoryArguments } from './emit-records.js'
import { FunctionEmitter, type Operand } from './function-emitter.js'
import * as k from './kinds.js'
import type { ModuleEmitter } from './module-emitter.js'
import { checksInline } from './parameters.js'
import type { Version } from './versions.js'

/** Writes the function of a version of a lambda. */
export function emitVersion(module: ModuleEmitter, version: Version): void {
  const { params } = module.versionType(version)
  const { node, needs } = version.lambda!
  const first = 2 + needs.length
  const make = (): FunctionEmitter => {
    const e = new FunctionEmitter(module, version, params.length)
    needs.forEach((variable, index) => {
      e.variables.set(variable.id, { index: 2 + index, type: params[2 + index]! })
    })
    bindMemoryArguments(e, first)
    return e
  }
  defineFunction(module, module.function(version), childrenOf(node), make, e => {
    if (version.checked || checksInline(node)) emitWhole(e, node, first, params)
    else emitChecks(e, node, first, params)
  })
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  forEachChild(node, child => children.push(child))
  return children
}

function parameter(e: FunctionEmitter, index: number): Operand {
  return { push: () => e.body.localGet(index), release: () => {}, local: index }
}

/** A function that binds its parameters and runs its body. */
function emitWhole(e: FunctionEmitter, node: LambdaNode, first: number, params: readonly ValueType[]): void {
  const { version, module } = e
  if (makesCalls([node])) e.traceCalls()
  emitEntryUnits(e)
  if (version.guard !== undefined) emitGuard(e, version.guard, first)
  emitRecordGuards(e, first)
  node.params.forEach(({ pattern, annotation }, index) => {
    // A plain parameter stays where it arrived.
    const type = params[first + index]!
    if (pattern.kind !== 'bind' || module.facts.isCell(pattern.variable)) return
    if (annotation !== undefined && !version.checked) return
    if (module.variableType(version, pattern.variable.id) !== type) return
    e.variables.set(pattern.variable.id, { index: first + index, type })
  })
  if (node.rest !== undefined || checksInline(node)) keepCallerSite(e, node)
  const args = version.params.map((kinds, index) => {
    return { operand: parameter(e, first + index), type: params[first + index]!, kinds }
  })
  emitParameters(
    e,
    version.checked ? unannotated(node) : node,
    args,
    undefined,
    memoryArguments(version, first),
  )
  const rounds = (to: FunctionEmitter): void => {
    to.loop(target => {
      to.loops.set(node.id, target)
      emitBody(to, node)
    })
  }
  if (e.plan?.targets.has(node.id)) {
    const variables = callVariables(node)
    emitPart(e, {
      // Defaults of patterns, too: a jump binds again.
      nodes: childrenOf(node),
      variables,
      want: 'tail',
      loop: { id: node.id, node: undefined },
      write: rounds,
    })
  } else if (jumpsToItself(e, node)) rounds(e)
  else emitBody(e, node)
}

function emitBody(e: FunctionEmitter, node: LambdaNode): void {
  emitDefinedFunctions(e, node.body, node.declares)
  e.emitTailBody(node.body)
}

/** Taking patterns apart says where it is; what comes after it is about the call again. */
function keepCallerSite(e: FunctionEmitter, node: LambdaNode): void {
  if (!node.params.some(({ pattern }) => pattern.kind === 'vector-pattern' || pattern.kind === 'map-pattern'))
    return
  e.callerSite = e.body.local('i32')
  e.body.i32(0).memory('i32.load', memoryCells.site).localSet(e.callerSite)
}

/** The function as it is once its annotations have been checked. */
function unannotated(node: LambdaNode): LambdaNode {
  const params = node.params.map(param => ({ ...param, annotation: undefined }))
  return {
    ...node,
    params,
    rest: node.rest === undefined ? undefined : { ...node.rest, annotation: undefined },
  }
}

/** Checks the annotations of the parameters, then leaves the work to the version for checked arguments. */
function emitChecks(e: FunctionEmitter, node: LambdaNode, first: number, params: readonly ValueType[]): void {
  const { version, module, body } = e
  const target = module.inference.checkedVersion(version)
  const reference = module.function(target)
  const checked = node.params.map(({ annotation, path }, index): Operand => {
    const local = first + index
    if (annotation === undefined) return parameter(e, local)
    body.localGet(local)
    const type = emitCheck(e, params[local]!, version.params[index]!, annotation, { path, span: undefined })
    return e.stored(type)
  })
  if (node.rest !== undefined) {
    body.localGet(first + node.params.length)
    emitRestCheck(e, node, undefined)
    checked.push(e.stored('externref'))
  }
  e.pushFuel()
  body.localGet(e.depth)
  for (let i = 2; i < first; i++) body.localGet(i)
  for (const operand of checked) operand.push()
  body.returnCall(reference)
}

/** Goes to the version for ints when the arguments are ints; otherwise falls through. */
function emitGuard(e: FunctionEmitter, guard: Version, first: number): void {
  const { version, module, body } = e
  const other = body.block()
  const numbers = version.params.map((kinds, index): Operand => {
    if (guard.params[index] !== k.int || kinds === k.int) return parameter(e, first + index)
    const number = e.temp('f64')
    body
      .localGet(first + index)
      .call(e.host('to-number'))
      .localTee(number)
      .localGet(number)
      .op('f64.ne')
      .brIf(other)
    return {
      push: () => body.localGet(number).op('i64.trunc_sat_f64_s'),
      release: () => e.release(number, 'f64'),
    }
  })
  for (let i = 0; i < first; i++) body.localGet(i)
  for (const number of numbers) number.push()
  const result = k.representation(guard.result)
  if (result === k.representation(version.result)) body.returnCall(module.function(guard))
  else {
    body.call(module.function(guard)).localSet(e.fuel)
    e.convert(result, k.representation(version.result), guard.result)
    body.localGet(e.fuel).return()
  }
  body.end()
  for (const number of numbers) number.release()
}

/** True when code makes calls of closures that are no tail calls. */
export function makesCalls(nodes: readonly Node[]): boolean {
  let found = false
  const visit = (node: Node): void => {
    if (found) return
    if (node.kind === 'apply' && isCall(node)) found = true
    else if (node.kind !== 'lambda') forEachChild(node, visit)
    else if (nodes.includes(node)) forEachChild(node, visit)
  }
  nodes.forEach(visit)
  return found
}

/** Library functions that call back may be written out as loops, whose calls are the code's own. */
function isCall({ callee, tail }: ApplyNode): boolean {
  if (callee.kind !== 'ref' || callee.scope !== 'builtin') return tail !== 'yes'
  return libraryFunction(callee.name)?.definition.implementation.kind === 'steps'
}

/** True when a `recur`, or a tail call of the very same version, goes back to the start of the function. */
function jumpsToItself(e: FunctionEmitter, lambda: LambdaNode): boolean {
  let found = false
  const visit = (node: Node): void => {
    if (found || node.kind === 'lambda') return
    if (node.kind === 'recur' && node.target === lambda.id) found = true
    else if (node.kind === 'apply' && node.tail !== 'no' && targetOf(e, node) === e.version) found = true
    else forEachChild(node, visit)
  }
  lambda.body.forEach(visit)
  return found
}
