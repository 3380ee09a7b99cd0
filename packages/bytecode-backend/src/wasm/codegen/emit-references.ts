import { internalError } from '@rtfs/core'
import type { DefNode, DefstructNode, LambdaNode, VariableRefNode } from '@rtfs/ir'
import { libraryFunction } from './builtin-kinds.js'
import { emitFunctionObject } from './emit-closures.js'
import { emitDefine, emitDefineType, emitLinkedRead } from './emit-linked.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'
import { nameInFrame } from './link-unit.js'

/** A read of a name. One that is never given a value is never read: nothing goes on behind it. */
export function emitReference(e: FunctionEmitter, node: VariableRefNode, want: Want): void {
  emitRead(e, node, want)
  if (e.kinds(node) === k.never) e.body.unreachable()
}

function emitRead(e: FunctionEmitter, node: VariableRefNode, want: Want): void {
  switch (node.scope) {
    case 'local':
      emitLocal(e, node, want)
      return
    case 'builtin': {
      const { name } = libraryFunction(node.name)!
      e.finishValue('externref', k.fn, want, () => {
        e.body.globalGet(e.module.constants.global({ kind: 'builtin', name }))
      })
      return
    }
    case 'global':
      emitGlobal(e, node, want)
      return
    case 'dynamic':
      if (e.isLinked) emitLinkedRead(e, node, want)
      else emitUndefined(e, node)
  }
}

function emitLocal(e: FunctionEmitter, node: VariableRefNode, want: Want): void {
  const { facts } = e.module
  const lambda = facts.functionOf(node.variable)
  if (lambda !== undefined) {
    if (want !== 'none')
      e.finishValue('externref', k.fn, want, () => emitFunctionObject(e, lambda, node.variable))
    return
  }
  const variable = facts.variable(node.variable)
  const local = e.variable(variable)
  if (want !== 'none' && e.valueless.has(node.variable))
    throw internalError(`compiled code has no value of ${node.name}`)
  if (!facts.isCell(variable)) {
    e.finishValue(local.type, e.kinds(node), want, () => e.body.localGet(local.index))
    return
  }
  e.body.localGet(local.index)
  e.raising(e.host('cell-get'), node.span)
  e.finishValue('externref', k.any, want)
}

function emitGlobal(e: FunctionEmitter, node: VariableRefNode, want: Want): void {
  const { facts } = e.module
  const global = facts.globals.get(node.name)
  if (global === undefined || (global.kind === 'cell' && e.isLinked)) {
    emitLinkedRead(e, node, want)
    return
  }
  if (global.lambda !== undefined) {
    const lambda = facts.lambda(global.lambda)
    e.finishValue('externref', k.fn, want, () => emitFunctionObject(e, lambda, undefined))
    return
  }
  if (global.kind === 'cell') {
    e.body.globalGet(e.module.globalSlot(node.name, 'externref'))
    e.raising(e.host('cell-get'), node.span)
    e.finishValue('externref', k.any, want)
    return
  }
  const [definition] = global.definitions
  if (definition?.kind === 'defstruct') {
    e.finishValue('externref', k.fn, want, () => e.body.globalGet(structConstant(e, definition)))
    return
  }
  if (definition?.init.kind === 'literal') {
    e.emit(definition.init, want)
    return
  }
  const kinds = e.kinds(node)
  const type = k.representation(e.module.inference.globalKinds(node.name))
  e.finishValue(type, kinds, want, () => e.body.globalGet(e.module.globalSlot(node.name, type)))
}

/** A name that nothing defines. */
function emitUndefined(e: FunctionEmitter, node: VariableRefNode): void {
  e.body.globalGet(e.module.value(node.name))
  e.raising(e.host('undefined'), node.span)
  e.body.unreachable()
}

/** `def`: fills the cell or global of the name; the value of the form is the value. */
export function emitDefinition(e: FunctionEmitter, node: DefNode, want: Want): void {
  const { init, variable } = node
  if (
    init.kind === 'literal' &&
    variable === undefined &&
    e.module.facts.globals.get(node.name)?.kind === 'value'
  ) {
    // Reads of it are the literal.
    if (e.isLinked) emitDefine(e, node.name, () => e.emit(init, 'externref'))
    e.emit(init, want)
    return
  }
  if (init.kind === 'lambda' && isBound(e, init)) {
    // Function objects of such names are made when their frame is entered.
    if (variable === undefined && e.isLinked) {
      emitDefine(e, node.name, () => emitFunctionObject(e, e.module.facts.lambda(init), undefined))
    }
    if (want !== 'none') emitFunctionObject(e, e.module.facts.lambda(init), variable?.id)
    return
  }
  const kinds = e.kinds(init)
  if (kinds === k.never) {
    e.emit(init, 'none')
    e.body.unreachable()
    return
  }
  if (variable !== undefined) {
    const value = e.operand(init, 'externref')
    e.body.localGet(e.variable(variable).index)
    value.push()
    e.body.call(e.host('cell-set'))
    if (want !== 'none') {
      value.push()
      e.convert('externref', want, kinds)
    }
    value.release()
    return
  }
  emitGlobalDefinition(e, node, want)
}

function emitGlobalDefinition(e: FunctionEmitter, node: DefNode, want: Want): void {
  const { init, name } = node
  const isCell = e.module.facts.globals.get(name)?.kind === 'cell'
  const type = isCell ? 'externref' : k.representation(e.module.inference.globalKinds(name))
  const value = e.operand(init, type)
  if (e.isLinked) {
    emitDefine(e, name, () => {
      value.push()
      e.convert(type, 'externref', e.kinds(init))
    })
  }
  if (isCell && !e.isLinked) {
    e.body.globalGet(e.module.globalSlot(name, 'externref'))
    value.push()
    e.body.call(e.host('cell-set'))
  } else if (!isCell) {
    value.push()
    e.body.globalSet(e.module.globalSlot(name, type))
  }
  if (want !== 'none') {
    value.push()
    e.convert(type, want, e.kinds(init))
  }
  value.release()
}

/** `defstruct`: its constructor is a constant; without a linked frame, aliases are known from the start. */
export function emitStruct(e: FunctionEmitter, node: DefstructNode, want: Want): void {
  const { name, variable } = node
  const global = structConstant(e, node)
  if (e.isLinked) emitDefineType(e, node)
  if (variable !== undefined) {
    e.body.localGet(e.variable(variable).index).globalGet(global).call(e.host('cell-set'))
  } else if (e.isLinked) {
    emitDefine(e, name, () => e.body.globalGet(global))
  } else if (e.module.facts.globals.get(name)?.kind === 'cell') {
    e.body.globalGet(e.module.globalSlot(name, 'externref')).globalGet(global).call(e.host('cell-set'))
  }
  e.finishValue('externref', k.fn, want, () => e.body.globalGet(global))
}

function structConstant(e: FunctionEmitter, { name, target: type }: DefstructNode): number {
  return e.module.constants.global({ kind: 'struct', name: nameInFrame(name), type, frame: e.frame })
}

function isBound(e: FunctionEmitter, lambda: LambdaNode): boolean {
  return e.module.facts.lambda(lambda).binding !== undefined
}
