import { type Keyword, RtfsVector } from '@rtfs/core'
import type { ApplyNode, IrPattern, Node } from '@rtfs/ir'
import type { ValueType } from '../encoder/value-types.js'
import { bindPattern } from './emit-patterns.js'
import type { FunctionEmitter, Operand } from './function-emitter.js'
import { needsValue, recordField, usesValue } from './infer-records.js'
import * as k from './kinds.js'
import { fieldOf, type RecordShape } from './record-shapes.js'
import type { Version } from './versions.js'

/**
 * The variables made up for the address of what a variable holds, and for the size of a vector: variables of the
 * source have whole numbers.
 */
export function addressOf(variable: number): number {
  return variable + 0.25
}

export function sizeOf(variable: number): number {
  return variable + 0.5
}

/** The local of the address of what a variable holds. */
export function addressLocal(e: FunctionEmitter, variable: number): number {
  return e.variables.get(addressOf(variable))!.index
}

/** The local of the size of a vector of records in memory. */
export function sizeLocal(e: FunctionEmitter, variable: number): number {
  return e.variables.get(sizeOf(variable))!.index
}

/** Bytes of a record. */
export function recordSize({ fields }: RecordShape): number {
  return 8 * fields.length
}

/** The layout as the host gets it: keys, each followed by 0 for Integers and 1 for Floats. */
export function layoutConstant(e: FunctionEmitter, { fields }: RecordShape): number {
  return e.module.value(RtfsVector.from(fields.flatMap(({ key, kinds }) => [key, kinds === k.int ? 0 : 1])))
}

/** Reads a field of a record in memory; gives how it travels. `undefined`: the call is none. */
export function emitRecordField(e: FunctionEmitter, node: ApplyNode): ValueType | undefined {
  const field = recordField(e.version, node)
  if (field === undefined) return undefined
  e.spend(1, node.span)
  return pushField(e, addressLocal(e, field.variable), field.offset, field.kinds)
}

function pushField(e: FunctionEmitter, address: number, offset: number, kinds: k.Kinds): ValueType {
  const type = kinds === k.int ? 'i64' : 'f64'
  e.body.localGet(address).memory(`${type}.load`, offset)
  return type
}

/** Binds what a map pattern takes out of a record in memory. */
export function bindRecord(
  e: FunctionEmitter,
  pattern: IrPattern & { readonly kind: 'map-pattern' },
  record: RecordShape,
  address: number,
  value: Operand,
): void {
  const others = pattern.entries.filter(({ key }) => fieldOf(record, key as Keyword) === undefined)
  // Before the others, which nobody can notice: what is there needs no default.
  for (const entry of pattern.entries) {
    const field = fieldOf(record, entry.key as Keyword)
    if (field === undefined) continue
    const type = pushField(e, address, field.offset, field.kinds)
    const part = e.stored(type)
    bindPattern(e, entry.pattern, part, type, field.kinds)
    part.release()
  }
  if (others.length > 0 || pattern.as !== undefined)
    bindPattern(e, { ...pattern, entries: others }, value, 'externref', k.map)
}

/** Local of the address behind the arguments of the function: those in memory come last, in order. */
export function memoryArguments(version: Version, first: number): readonly (number | undefined)[] {
  let local = first + version.params.length
  return version.shapes.map(shape => {
    if (shape === undefined) return undefined
    const at = local
    local += shape.isVector ? 2 : 1
    return at
  })
}

/** Says where the arguments in memory are. */
export function bindMemoryArguments(e: FunctionEmitter, first: number): void {
  const { version, module } = e
  memoryArguments(version, first).forEach((local, index) => {
    const pattern = version.lambda!.node.params[index]?.pattern
    if (local === undefined || pattern?.kind !== 'bind') return
    const { id } = pattern.variable
    e.variables.set(addressOf(id), { index: local, type: 'i32' })
    if (version.shapes[index]!.isVector) {
      e.variables.set(sizeOf(id), { index: local + 1, type: 'i32' })
      e.ownedMemory = addressOf(id)
    } else if (!needsValue(module.inference, version, index)) e.valueless.add(id)
  })
}

/** An argument for a parameter that takes a record in memory: its value goes along where the code needs it. */
export function recordOperand(e: FunctionEmitter, arg: Node, target: Version, index: number): Operand {
  if (needsValue(e.module.inference, target, index)) return e.operand(arg, 'externref')
  return { push: () => e.body.nullReference(), release: () => {} }
}

/** Pushes the addresses of the arguments that are records in memory. */
export function pushRecords(e: FunctionEmitter, node: ApplyNode, target: Version): void {
  target.shapes.forEach((shape, index) => {
    const arg = node.args[index]
    if (shape !== undefined && arg?.kind === 'ref') e.body.localGet(addressLocal(e, arg.variable))
  })
}

/** Goes to a version for a vector of records when the argument is one; otherwise falls through. */
export function emitRecordGuards(e: FunctionEmitter, first: number): void {
  const { body, module, version } = e
  for (const { param, target } of version.recordGuards) {
    const other = body.block()
    const address = e.temp('i32')
    const vector = first + param
    body.localGet(vector).globalGet(layoutConstant(e, target.shapes[param]!.record))
    body.call(e.host('unpack-records')).localTee(address).op('i32.eqz').brIf(other)
    for (let i = 0; i < first + version.params.length; i++) body.localGet(i)
    body.localGet(address).localGet(vector).call(e.host('size'))
    const result = k.representation(target.result)
    if (target.result === k.never) {
      body.call(module.function(target)).op('drop').op('drop').unreachable()
    } else if (result === k.representation(version.result)) body.returnCall(module.function(target))
    else {
      body.call(module.function(target)).localSet(e.fuel)
      e.convert(result, k.representation(version.result), target.result)
      body.localGet(e.fuel).return()
    }
    body.end()
    e.release(address, 'i32')
  }
}

/** Charges what the checks of arguments in memory cost, which they are certain to pass. */
export function emitEntryUnits(e: FunctionEmitter): void {
  const { entryUnits } = e.version
  if (entryUnits === 0) return
  const { body } = e
  body.localGet(e.fuel).i32(entryUnits).op('i32.sub').localTee(e.fuel).i32(0).op('i32.lt_s')
  body.if()
  body
    .localGet(e.fuel)
    .i32(entryUnits)
    .op('i32.add')
    .i32(entryUnits)
    .call(e.module.chargeEach)
    .localSet(e.fuel)
  body.end()
}

/** Whether a walk needs its elements, which are records in memory, as values, too. */
export function needsItem(e: FunctionEmitter, call: Node, variable: number): boolean {
  return usesValue(e.module.inference, e.version, call, variable)
}
