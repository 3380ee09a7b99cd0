import { abiExports, closureType, enterType, maxPack, memoryCells } from '../abi.js'
import { FunctionBody } from '../encoder/function-body.js'
import { FunctionEmitter } from './function-emitter.js'
import * as k from './kinds.js'
import type { ClosureEntry, ModuleEmitter } from './module-emitter.js'

// The ways into compiled functions other than direct calls: closure objects, the host.

/** The code behind closure objects: unpacks what the object holds and runs the version that takes anything. */
export function emitClosureEntry(module: ModuleEmitter, { lambda, version, reference }: ClosureEntry): void {
  const { facts, inference } = module
  const count = version.params.length
  const e = new FunctionEmitter(module, version, closureType(count).params.length)
  const { body } = e
  const self = 2
  body.localGet(e.fuel).localGet(e.depth)
  let slot = 0
  for (const { id } of lambda.needs) {
    body.localGet(self)
    if (facts.functionOf(id) === lambda) continue
    body.i32(slot++).call(e.host('capture'))
    e.convert('externref', module.variableType(version, id), inference.variableKinds(version, id))
  }
  for (let i = 0; i < count; i++) body.localGet(self + 1 + i)
  const result = k.representation(version.result)
  if (result === 'externref') body.returnCall(module.function(version))
  else {
    body.call(module.function(version)).localSet(e.fuel)
    e.convert(result, 'externref', version.result)
    body.localGet(e.fuel).return()
  }
  module.builder.define(reference, e.finish())
}

/** Code of variadic functions for every number of arguments that some call in the module has. */
export function emitAdapters(module: ModuleEmitter): void {
  const counts = [...module.openCallCounts].sort((a, b) => a - b)
  for (const { lambda, index, reference } of module.entries) {
    if (lambda.node.rest === undefined) continue
    const arity = lambda.node.params.length
    for (const count of counts) {
      if (count < arity || count - arity > maxPack) continue
      const adapter = module.builder.declare(
        `${lambda.node.name ?? 'fn'} closure/${count}`,
        closureType(count),
      )
      const body = new FunctionBody(3 + count)
      for (let i = 0; i < 3 + count; i++) body.localGet(i)
      body.call(module.family('list', count - arity)).returnCall(reference)
      module.builder.define(adapter, body)
      module.functions[index]!.adapters.push([count, module.builder.tableEntry(adapter)])
    }
  }
}

/** `@enter/n`: how the host calls closure objects. */
export function emitEnters(module: ModuleEmitter): void {
  const counts = new Set(module.functions.map(({ arity, hasRest }) => arity + (hasRest ? 1 : 0)))
  for (const count of [...counts].sort((a, b) => a - b)) {
    const type = enterType(count)
    const reference = module.builder.declare(`${abiExports.enter}${count}`, type)
    const body = new FunctionBody(type.params.length)
    const [fuel, depth, index, self] = [0, 1, 2, 3]
    body.localGet(fuel).localGet(depth)
    for (let i = 0; i <= count; i++) body.localGet(self + i)
    body
      .localGet(index)
      .callIndirect(module.builder.type(closureType(count)))
      .localSet(fuel)
    emitStoreFuel(body, fuel)
    module.builder.define(reference, body)
    module.builder.exportFunction(`${abiExports.enter}${count}`, reference)
  }
}

/** Tells the host how much fuel is left. */
export function emitStoreFuel(body: FunctionBody, fuel: number): void {
  body.i32(0).localGet(fuel).memory('i32.store', memoryCells.fuel)
}

/** `@setup`: fills the globals of the constants. */
export function emitSetup(module: ModuleEmitter): void {
  const reference = module.builder.declare(abiExports.setup, { params: [], results: [] })
  const body = new FunctionBody(0)
  emitSteps(module, body, module.constants.globals, (to, global, index) => {
    to.i32(index).call(module.host('constant')).globalSet(global)
  })
  module.builder.define(reference, body)
  module.builder.exportFunction(abiExports.setup, reference)
}

/** Steps of such a list that one function holds; a step takes at most 20 bytes. */
const mostSteps = 2000

/** Writes a step for each item, in functions of their own where they are too many for one. */
export function emitSteps<Item>(
  module: ModuleEmitter,
  body: FunctionBody,
  items: readonly Item[],
  step: (to: FunctionBody, item: Item, index: number) => void,
): void {
  if (items.length <= mostSteps) {
    for (const [index, item] of items.entries()) step(body, item, index)
    return
  }
  for (let from = 0; from < items.length; from += mostSteps) {
    const reference = module.builder.declare('steps', { params: [], results: [] })
    const part = new FunctionBody(0)
    for (const [index, item] of items.slice(from, from + mostSteps).entries()) step(part, item, from + index)
    module.builder.define(reference, part)
    body.call(reference)
  }
}
