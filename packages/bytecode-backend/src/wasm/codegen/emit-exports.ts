import { type Node, sourceName } from '@rtfs/ir'
import { abiExports, memoryCells } from '../abi.js'
import type { FunctionReference } from '../encoder/function-body.js'
import { type ExportMetadata, type ExportType, exportValueTypes } from '../metadata/metadata.js'
import { emitSteps, emitStoreFuel } from './emit-entries.js'
import { makesCalls } from './emit-functions.js'
import { defineFunction, emitPart, isFull } from './emit-parts.js'
import { FunctionEmitter } from './function-emitter.js'
import { emitIsExact } from './helpers.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { ModuleEmitter } from './module-emitter.js'
import type { Version } from './versions.js'

/** A function that the module exports, with the versions it has for the host. */
export interface ExportedFunction {
  readonly name: string
  /** For the arguments it most likely gets. */
  readonly preferred: Version
  /** For all others. */
  readonly general: Version
}

/** Writes the exports of a function; what the executor must know of them. */
export function emitExport(module: ModuleEmitter, exported: ExportedFunction): ExportMetadata {
  const { name, preferred, general } = exported
  const { node } = preferred.lambda!
  const params = preferred.params.map(exportType)
  const result = exportType(preferred.result)
  module.builder.exportFunction(name, emitWrapper(module, name, preferred, params, result))
  const hasGeneral = general !== preferred
  if (hasGeneral) {
    const anything = general.params.map((): ExportType => 'any')
    const generalName = `${abiExports.anyPrefix}${name}`
    module.builder.exportFunction(generalName, emitWrapper(module, generalName, general, anything, 'any'))
  }
  return { name, params, result, arity: node.params.length, hasRest: node.rest !== undefined, hasGeneral }
}

function exportType(kinds: Kinds): ExportType {
  switch (kinds) {
    case k.int:
      return 'int'
    case k.float:
      return 'float'
    case k.bool:
      return 'bool'
    default:
      return 'any'
  }
}

/** (fuel, depth, arguments…): ints cross as doubles, or in a wide slot where that is not exact. */
function emitWrapper(
  module: ModuleEmitter,
  name: string,
  version: Version,
  params: readonly ExportType[],
  result: ExportType,
): FunctionReference {
  const type = {
    params: ['i32', 'i32', ...params.map(param => exportValueTypes[param])] as const,
    results: [exportValueTypes[result]],
  }
  const reference = module.builder.declare(name, type)
  const e = new FunctionEmitter(module, version, type.params.length)
  const { body } = e
  body.localGet(e.fuel).localGet(e.depth)
  params.forEach((param, index) => {
    const local = 2 + index
    body.localGet(local)
    if (param === 'int') emitUnpackInt(e, local, index + 1)
  })
  body.call(module.function(version)).localSet(e.fuel)
  const has = k.representation(version.result)
  if (version.result === k.never) body.op('drop').unreachable()
  else if (result === 'int') emitPackInt(e)
  else e.convert(has, exportValueTypes[result], version.result)
  emitStoreFuel(body, e.fuel)
  body.return()
  module.builder.define(reference, e.finish())
  return reference
}

/** The double on the stack, also in `local`, to i64; NaN says that the int is in a wide slot. */
function emitUnpackInt(e: FunctionEmitter, local: number, slot: number): void {
  const { body } = e
  body.localGet(local).op('f64.eq')
  body.if('i64')
  body.localGet(local).op('i64.trunc_sat_f64_s')
  body.else()
  body.i32(0).memory('i64.load', memoryCells.wide + 8 * slot)
  body.end()
}

/** The i64 on the stack to a double, NaN and a wide slot where that is not exact. */
function emitPackInt(e: FunctionEmitter): void {
  const { body } = e
  const value = e.temp('i64')
  body.localSet(value)
  emitIsExact(body, value)
  body.if('f64')
  body.localGet(value).op('f64.convert_i64_s')
  body.else()
  body.i32(0).localGet(value).memory('i64.store', memoryCells.wide).f64(NaN)
  body.end()
}

/** `@init`: makes the cells of globals, runs the forms of the top level; the value of the last. */
export function emitInit(module: ModuleEmitter): void {
  const { top } = module.inference
  const make = (): FunctionEmitter => new FunctionEmitter(module, top, 2)
  defineFunction(module, module.function(top), module.inference.forms, make, e => writeInit(e))
  module.builder.exportFunction(
    abiExports.init,
    emitWrapper(module, `${abiExports.init} export`, top, [], 'any'),
  )
}

function writeInit(e: FunctionEmitter): void {
  const { module } = e
  const { linkage } = module.facts
  const cells = [...module.facts.globals.values()].filter(({ kind }) => kind === 'cell')
  emitSteps(module, e.body, linkage === undefined ? cells : [], (to, { name }) => {
    to.globalGet(module.value(sourceName(name)))
      .call(e.host('cell'))
      .globalSet(module.globalSlot(name, 'externref'))
  })
  if (linkage !== undefined) e.body.call(module.linkMaker)
  const { forms } = module.inference
  if (makesCalls(forms)) e.traceCalls()
  writeForms(e, forms)
}

function writeForms(e: FunctionEmitter, forms: readonly Node[]): void {
  for (const [index, form] of forms.entries()) {
    if (index > 0 && isFull(e, 'tail', () => forms.slice(index))) {
      const rest = forms.slice(index)
      emitPart(e, { nodes: rest, want: 'tail', write: part => writeForms(part, rest) })
      return
    }
    e.frame = e.module.facts.linkage?.frames.get(form) ?? 0
    if (index === forms.length - 1) e.emitTail(form)
    else e.emit(form, 'none')
  }
  if (forms.length === 0) e.emitTailBody([])
}
