import { RtfsMap } from '@rtfs/core'
import type {
  HintsNode,
  LogStepNode,
  Node,
  StepIfNode,
  StepLoopNode,
  StepNode,
  WithResourceNode,
} from '@rtfs/ir'
import { placeOf } from '@rtfs/ir'
import type { ValueType } from '../encoder/value-types.js'
import { emitDefinedFunctions, makeCells } from './emit-bindings.js'
import { emitCaught, emitProtected } from './emit-errors.js'
import { bindVariable } from './emit-patterns.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import * as k from './kinds.js'

// Forms that hold something of the host while they run, and give it back however they end (LANGUAGE §5.10 to §5.13).

function blockType(want: Want): ValueType | undefined {
  return want === 'none' ? undefined : want
}

/** Code after which something has to happen even when it throws; what it threw goes on. */
function emitGuarded(e: FunctionEmitter, want: Want, write: () => void, onFailure: () => void): void {
  const { body } = e
  e.settle()
  const label = body.try(blockType(want))
  emitProtected(e, want, write)
  body.catchAll()
  e.notePassing()
  onFailure()
  body.rethrow(label)
  body.end()
  e.settled()
}

/** Evaluates parts and drops them; false when one never gives a value. */
function evaluates(e: FunctionEmitter, node: Node | undefined): boolean {
  if (node === undefined) return true
  e.emit(node, 'none')
  if (e.kinds(node) !== k.never) return true
  e.body.unreachable()
  return false
}

/** `^{:runtime.x …} form`. */
export function emitHints(e: FunctionEmitter, node: HintsNode, want: Want): void {
  const { body } = e
  body.globalGet(e.module.value(RtfsMap.from([...node.meta])))
  e.raising(e.host('open-hints'), node.span)
  const open = e.stored('externref')
  const close = (): void => {
    open.push()
    body.call(e.host('close-hints'))
  }
  emitGuarded(e, want, () => e.emit(node.body, want), close)
  close()
  open.release()
}

/** `log-step`: one record through the host, the last value as result. */
export function emitLogStep(e: FunctionEmitter, node: LogStepNode, want: Want): void {
  const { values } = node
  const operands = values.map(value => {
    const operand = e.operand(value, 'externref')
    if (e.kinds(value) === k.never) e.body.unreachable()
    return operand
  })
  e.body.globalGet(e.module.value(node.level))
  for (const operand of operands) operand.push()
  e.charging(e.module.family('log', values.length), node.span)
  const last = operands[operands.length - 1]
  if (last === undefined) e.finishValue('externref', k.nil, want, () => e.body.nullReference())
  else e.finishValue('externref', e.kinds(values[values.length - 1]!), want, () => last.push())
  for (const operand of operands) operand.release()
}

/** Runs a part as a step that is reported; `open` is on the stack. */
function emitReported(e: FunctionEmitter, node: Node, want: Want, write: () => void): void {
  const { body } = e
  const open = e.stored('externref')
  // The host is told the value, whatever becomes of it.
  emitGuarded(e, 'externref', write, () => {
    open.push()
    e.syncOut(node.span)
    body.call(e.host('fail-step'))
  })
  const value = e.stored('externref')
  open.push()
  value.push()
  e.charging(e.host('complete-step'), node.span)
  e.finishValue('externref', e.kinds(node), want, () => value.push())
  value.release()
  open.release()
}

/** `(step "name" option* body*)`. */
export function emitStep(e: FunctionEmitter, node: StepNode, want: Want): void {
  const { exposeContext, contextKeys, params, paramsVariable } = node
  const given = [exposeContext, contextKeys, params].map(part => {
    if (part === undefined) return undefined
    const operand = e.operand(part, 'externref')
    if (e.kinds(part) === k.never) e.body.unreachable()
    return operand
  })
  const [expose, keys, values] = given
  e.body.globalGet(e.module.value(node.name))
  for (const operand of [expose, keys]) {
    if (operand === undefined) e.body.nullReference()
    else operand.push()
  }
  e.body.i32((expose === undefined ? 0 : 1) + (keys === undefined ? 0 : 2))
  e.charging(e.host('open-step'), node.span)
  emitReported(e, node, want, () => {
    if (paramsVariable !== undefined && values !== undefined) {
      makeCells(e, [paramsVariable])
      bindVariable(e, paramsVariable, values, 'externref', k.any)
    }
    e.emitBody(node.body, 'externref')
  })
  for (const operand of given) operand?.release()
}

/** Opens a step that has a name and no options. */
function openPlainStep(e: FunctionEmitter, node: StepIfNode | StepLoopNode): void {
  e.body.globalGet(e.module.value(node.kind)).nullReference().nullReference().i32(0)
  e.charging(e.host('open-step'), node.span)
}

export function emitStepIf(e: FunctionEmitter, node: StepIfNode, want: Want): void {
  if (!evaluates(e, node.options)) return
  openPlainStep(e, node)
  emitReported(e, node, want, () => {
    e.emitTest(node.test)
    e.ifElse(
      'externref',
      () => e.emit(node.then, 'externref'),
      () => {
        if (node.else === undefined) e.body.nullReference()
        else e.emit(node.else, 'externref')
      },
    )
  })
}

/** `step-loop`: while the test holds; more rounds than the limit are an error. */
export function emitStepLoop(e: FunctionEmitter, node: StepLoopNode, want: Want): void {
  if (!evaluates(e, node.options)) return
  openPlainStep(e, node)
  emitReported(e, node, want, () => emitRounds(e, node))
}

function emitRounds(e: FunctionEmitter, node: StepLoopNode): void {
  const { body } = e
  const value = e.temp('externref')
  const left = e.temp('f64')
  body.nullReference().localSet(value)
  body.call(e.host('loop-limit')).localSet(left)
  e.settle()
  const done = body.block()
  e.loop(target => {
    e.spend(1, node.span)
    e.emitTest(node.test)
    e.settle()
    body.op('i32.eqz').brIf(done)
    body.localGet(left).f64(1).op('f64.lt')
    e.when(() => {
      e.raising(e.host('too-many-iterations'), node.span)
      body.unreachable()
    })
    body.localGet(left).f64(1).op('f64.sub').localSet(left)
    e.emit(node.body, 'externref')
    body.localSet(value)
    e.jumpBack(target, node.span)
  })
  body.end()
  e.settled()
  body.localGet(value)
  e.release(value, 'externref')
  e.release(left, 'f64')
}

/** `with-resource`: the handle is released however the body ends, unless the run itself ends. */
export function emitWithResource(e: FunctionEmitter, node: WithResourceNode, want: Want): void {
  const { body } = e
  const handle = e.operand(node.init, 'externref')
  if (e.kinds(node.init) === k.never) body.unreachable()
  handle.push()
  body
    .globalGet(e.module.typeConstant(node.resourceType, e.frame))
    .globalGet(e.module.value(`with-resource ${node.variable.name}`))
  e.charging(e.host('check-resource'), placeOf(node.init))
  makeCells(e, [node.variable, ...node.declares])
  bindVariable(e, node.variable, handle, 'externref', k.any)
  handle.push()
  pushTypeName(e, node)
  e.charging(e.host('open-resource'), node.span)
  handle.release()
  const open = e.stored('externref')
  emitReleasing(e, node, want, open)
  open.release()
}

function pushTypeName(e: FunctionEmitter, { resourceType }: WithResourceNode): void {
  if (resourceType.kind === 'resource' || resourceType.kind === 'ref')
    e.body.globalGet(e.module.value(resourceType.name))
  else e.body.nullReference()
}

function emitReleasing(e: FunctionEmitter, node: WithResourceNode, want: Want, open: Operand): void {
  const { body } = e
  e.settle()
  const label = body.try(blockType(want))
  emitProtected(e, want, () => {
    emitDefinedFunctions(e, node.body, node.declares)
    e.emitBody(node.body, want)
  })
  body.catchAll()
  const failed = emitCaught(e, label)
  open.push()
  failed.push()
  e.charging(e.host('release-after'), node.span)
  body.unreachable()
  failed.release()
  body.end()
  e.settled()
  const value = want === 'none' ? undefined : e.stored(want)
  open.push()
  e.charging(e.host('release-resource'), node.span)
  value?.push()
  value?.release()
}
