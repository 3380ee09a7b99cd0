import type {
  ContextGetNode,
  DiscoverAgentsNode,
  HostCallNode,
  IsNode,
  ResourceRefNode,
  TaskContextNode,
} from '@rtfs/ir'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** `(call cap arg*)`: an effect; it may suspend the run. */
export function emitHostCall(e: FunctionEmitter, node: HostCallNode, want: Want): void {
  const parts = [node.capability, ...node.args]
  for (const part of parts) {
    e.emit(part, 'externref')
    if (e.kinds(part) === k.never) {
      e.body.unreachable()
      return
    }
  }
  e.charging(e.module.family('perform', node.args.length), node.span)
  e.finishValue('externref', k.any, want)
}

/** `@name` (LANGUAGE §16). */
export function emitTask(e: FunctionEmitter, node: TaskContextNode, want: Want): void {
  e.body.globalGet(e.module.value(node.name))
  e.raising(e.host('task'), node.span)
  e.finishValue('externref', k.any, want)
}

/** One-argument `(get :key)`: the local name, else the host's value. */
export function emitContextGet(e: FunctionEmitter, node: ContextGetNode, want: Want): void {
  if (node.local !== undefined) {
    e.emit(node.local, want)
    return
  }
  e.body.globalGet(e.module.value(node.name))
  e.charging(e.host('context-value'), node.span)
  e.finishValue('externref', k.any, want)
}

/** `(resource:ref "id")`. */
export function emitResource(e: FunctionEmitter, node: ResourceRefNode, want: Want): void {
  e.body.globalGet(e.module.value(node.resource))
  e.charging(e.host('resource'), node.span)
  e.finishValue('externref', k.any, want)
}

/** `(discover-agents criteria options?)`. */
export function emitDiscover(e: FunctionEmitter, node: DiscoverAgentsNode, want: Want): void {
  for (const part of [node.criteria, node.options]) {
    if (part === undefined) {
      e.body.nullReference()
      continue
    }
    e.emit(part, 'externref')
    if (e.kinds(part) === k.never) e.body.unreachable()
  }
  e.charging(e.host('discover-agents'), node.span)
  e.finishValue('externref', k.any, want)
}

/** `(is form message?)` (LANGUAGE §5.15a). The message is evaluated only when the test fails. */
export function emitIs(e: FunctionEmitter, node: IsNode, want: Want): void {
  if (node.equality !== undefined) {
    emitIsEqual(e, node, node.equality, want)
    return
  }
  const kinds = e.kinds(node.form)
  const type = e.naturalType(node.form)
  const value = e.operand(node.form, type)
  if (kinds === k.never) {
    e.body.unreachable()
    return
  }
  value.push()
  e.truth(type, kinds)
  e.body.op('i32.eqz')
  e.when(() => {
    pushTest(e, node)
    e.raising(e.host('test-failed'), node.span)
    e.body.unreachable()
  })
  e.finishValue(type, kinds, want, () => value.push())
  value.release()
}

/** Of `(is (= a b))` both values are shown. */
function emitIsEqual(
  e: FunctionEmitter,
  node: IsNode,
  sides: NonNullable<IsNode['equality']>,
  want: Want,
): void {
  const [left, right] = sides.map(side => {
    const operand = e.operand(side, 'externref')
    if (e.kinds(side) === k.never) e.body.unreachable()
    return operand
  })
  e.spend(1, node.form.span)
  left!.push()
  right!.push()
  e.charging(e.host('equal'), node.form.span)
  e.body.op('i32.eqz')
  e.when(() => {
    pushTest(e, node)
    left!.push()
    right!.push()
    e.raising(e.host('test-unequal'), node.span)
    e.body.unreachable()
  })
  left!.release()
  right!.release()
  e.finishValue('i32', k.bool, want, () => e.body.i32(1))
}

/** Pushes the text of the form, the message, and whether there is one. */
function pushTest(e: FunctionEmitter, node: IsNode): void {
  e.body.globalGet(e.module.value(node.text))
  if (node.message === undefined) e.body.nullReference()
  else e.emit(node.message, 'externref')
  e.body.i32(node.message === undefined ? 0 : 1)
}
