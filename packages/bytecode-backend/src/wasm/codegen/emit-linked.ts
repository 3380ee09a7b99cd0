import { keyword } from '@rtfs/core'
import type { ImportNode, ModuleNode, Node, ObjectNode, QualifiedRefNode } from '@rtfs/ir'
import type { FunctionBody } from '../encoder/function-body.js'
import { emitPacked } from './emit-data.js'
import { emitSteps } from './emit-entries.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'
import { nameInFrame } from './link-unit.js'
import type { ModuleEmitter } from './module-emitter.js'

// Forms of a unit whose frames are the host's: what they define and read goes through it.

/** Reads a name that others may define. */
export function emitLinkedRead(e: FunctionEmitter, node: Node & { readonly kind: 'ref' }, want: Want): void {
  e.body.globalGet(e.module.linkSlot(e.frame, nameInFrame(node.name)))
  e.raising(e.host('link-get'), node.span)
  e.finishValue('externref', k.any, want)
}

/** Tells the host what a global of the unit is. */
export function emitDefine(e: FunctionEmitter, name: string, push: () => void): void {
  e.body.i32(e.frame).globalGet(e.module.value(nameInFrame(name)))
  push()
  e.body.call(e.host('define'))
}

/** `m/name`. */
export function emitQualified(e: FunctionEmitter, node: QualifiedRefNode, want: Want): void {
  e.body.i32(e.frame).globalGet(e.module.value(`${node.module}/${node.name}`))
  e.raising(e.host('qualified'), node.span)
  e.finishValue('externref', k.any, want)
}

export function emitImport(e: FunctionEmitter, node: ImportNode, want: Want): void {
  const { module, alias, only, referAll } = node
  const request = { module, alias, only, referAll }
  e.body.i32(e.frame).globalGet(e.module.constants.global({ kind: 'import', request }))
  e.charging(e.host('import'), node.span)
  e.finishValue('externref', k.nil, want, () => e.body.nullReference())
}

/** The begin or the end of a module form, whose forms stand in between. */
export function emitModuleStep(e: FunctionEmitter, node: ModuleNode, want: Want): void {
  const { step, frame, outer, head } = e.module.facts.linkage!.steps.get(node)!
  e.body.i32(frame).i32(outer)
  if (step === 'open') {
    e.body.globalGet(e.module.constants.global({ kind: 'module', head }))
    e.charging(e.host('open-module'), node.span)
    e.finishValue('externref', k.nil, want, () => e.body.nullReference())
    return
  }
  e.charging(e.host('close-module'), node.span)
  e.finishValue('externref', k.any, want)
}

/** `deftype` and the alias of a `defstruct`. */
export function emitDefineType(e: FunctionEmitter, node: Node & { kind: 'deftype' | 'defstruct' }): void {
  e.body
    .i32(e.frame)
    .globalGet(e.module.value(nameInFrame(node.name)))
    .globalGet(e.module.typeConstant(node.target, e.frame))
    .call(e.host('define-type'))
}

export function emitDefineMacro(e: FunctionEmitter, name: string): void {
  e.body.i32(e.frame).globalGet(e.module.value(name)).call(e.host('define-macro'))
}

/** `deftest`: its body, a function by now, runs when the test tool asks. */
export function emitTest(e: FunctionEmitter, node: Node & { kind: 'deftest' }): void {
  e.body.i32(e.frame).globalGet(e.module.value(node.name))
  e.emit(node.body[0]!, 'externref')
  e.body.call(e.host('register-test'))
}

/** `(intent …)`, `(plan …)` and the other objects (LANGUAGE §17). */
export function emitObject(e: FunctionEmitter, node: ObjectNode, want: Want): void {
  const { objectKind, name, properties } = node
  const parts = properties.flatMap(({ key, value }) => {
    const pushKey = { push: () => e.body.globalGet(e.module.value(keyword(key))), release: () => {} }
    return [pushKey, e.operand(value, 'externref')]
  })
  if (properties.some(({ value }) => e.kinds(value) === k.never)) {
    e.body.unreachable()
    return
  }
  emitPacked(e, 'map', parts)
  const map = e.stored('externref')
  e.body.i32(e.frame).globalGet(e.module.value(objectKind))
  if (name === undefined) e.body.nullReference()
  else e.body.globalGet(e.module.value(name))
  e.body.i32(name === undefined ? 0 : 1)
  map.push()
  e.charging(e.host('object'), node.span)
  map.release()
  e.finishValue('externref', k.map, want)
}

/** Makes the links to all names that code reads, anew for each run. Written when all code is. */
export function emitLinks(module: ModuleEmitter, body: FunctionBody): void {
  emitSteps(module, body, [...module.links.values()], (to, { frame, name, slot }) => {
    to.i32(frame).globalGet(module.value(name)).call(module.host('link')).globalSet(slot)
  })
}
