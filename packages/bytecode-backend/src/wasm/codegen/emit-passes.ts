import type { ApplyNode, ForNode, Node } from '@rtfs/ir'
import { memoryCells } from '../abi.js'
import type { Label } from '../encoder/function-body.js'
import type { ValueType } from '../encoder/value-types.js'
import { libraryFunction } from './builtin-kinds.js'
import { emitForInto } from './emit-iteration.js'
import { addressLocal, addressOf, needsItem, recordSize, sizeLocal } from './emit-records.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import { elementKinds, recordsOf } from './infer-passes.js'
import * as k from './kinds.js'
import { givesVector, isMapping, type PassFacts } from './passes.js'

/*
 * Walks over collections as loops. Elements whose kind is known lie in linear memory, side by side, while a loop goes
 * through them: a collection of the host is copied in by one call, `range` is counted, and the vector that a pass
 * makes for another one never becomes a value of the host. Charges, accounts and errors are those of the library.
 */

type FlatType = 'i64' | 'f64'

/** Elements in linear memory; both are locals. */
interface Flat {
  readonly address: number
  readonly size: number
}

/** What a loop goes through. */
interface Source {
  readonly type: ValueType
  /** The local of its size, once it is checked. */
  readonly size: number
  /** Where its elements are, if they lie in memory and nothing else needs them. */
  readonly address?: number
  /** Looks at it as the library function does, after the charge of the call. */
  check(): void
  /** Pushes the element at the index that a local holds. */
  item(index: number): void
  release(): void
  /** Addresses of its elements, where they are records in memory. */
  readonly records?: { readonly address: number; readonly bytes: number; readonly hasValues: boolean }
}

/** A walk whose value goes on in the function. */
export function emitPass(e: FunctionEmitter, node: ApplyNode, pass: PassFacts, want: Want): void {
  const { body } = e
  const mark = usesMemory(e, node, pass) ? e.temp('i32') : undefined
  if (mark !== undefined) body.i32(0).memory('i32.load', memoryCells.heap).localSet(mark)
  const type = flatType(e, node)
  let result: Operand
  if (type !== undefined) {
    const flat = emitFlat(e, node, pass, type)
    body.localGet(flat.address).localGet(flat.size)
    body.call(e.host(type === 'i64' ? 'pack-ints' : 'pack-floats'))
    releaseFlat(e, flat)
    result = e.stored('externref')
  } else result = emitValue(e, node, pass)
  if (mark !== undefined) {
    body.i32(0).localGet(mark).memory('i32.store', memoryCells.heap)
    e.release(mark, 'i32')
  }
  const kinds = e.kinds(node)
  result.push()
  result.release()
  e.finishValue(k.representation(kinds), kinds, want)
}

/** How the elements of the vector that a pass gives travel, where it may lie in memory. */
function flatType(e: FunctionEmitter, node: Node): FlatType | undefined {
  if (node.kind === 'for') return flatOf(k.representation(e.version.elements.get(node.id) ?? k.never))
  if (node.kind !== 'apply') return undefined
  const pass = e.module.facts.passes.get(node.id)
  if (pass === undefined || !givesVector(pass.name)) return undefined
  const type = isMapping(pass.name) ? k.representation(e.kinds(pass.call)) : sourceType(e, pass.collection)
  return flatOf(type)
}

function flatOf(type: ValueType): FlatType | undefined {
  return type === 'i64' || type === 'f64' ? type : undefined
}

/** How the elements of a collection come out of it. */
function sourceType(e: FunctionEmitter, collection: Node): ValueType {
  const type = k.representation(elementKinds(e.module.facts, e.version, collection))
  return type === 'i32' ? 'externref' : type
}

function usesMemory(e: FunctionEmitter, node: Node, pass: PassFacts): boolean {
  return flatType(e, node) !== undefined || sourceType(e, pass.collection) !== 'externref'
}

function releaseFlat(e: FunctionEmitter, { address, size }: Flat): void {
  e.release(address, 'i32')
  e.release(size, 'i32')
}

// Sources

function openSource(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Source {
  const { collection } = pass
  const type = flatType(e, collection)
  if (type !== undefined && collection.kind === 'for')
    return memorySource(e, node, pass, emitFlatFor(e, collection, type), type)
  if (type !== undefined && collection.kind === 'apply')
    return memorySource(
      e,
      node,
      pass,
      emitFlat(e, collection, e.module.facts.passes.get(collection.id)!, type),
      type,
    )
  const records = recordSource(e, node, pass)
  if (records !== undefined) return records
  const range = openRange(e, collection)
  if (range === undefined) return hostSource(e, node, pass)
  return { ...range, type: 'i64', check: () => accountMapped(e, node, pass, range.size) }
}

/** `map` accounts its result before it begins; the collection is a vector for sure. */
function accountMapped(e: FunctionEmitter, node: ApplyNode, pass: PassFacts, size: number): void {
  if (!isMapping(pass.name)) return
  e.body.localGet(size)
  e.raising(e.host('account'), node.span)
}

function pushAddress(e: FunctionEmitter, address: number, index: number): void {
  e.body.localGet(address).localGet(index).i32(3).op('i32.shl').op('i32.add')
}

function memorySource(
  e: FunctionEmitter,
  node: ApplyNode,
  pass: PassFacts,
  flat: Flat,
  type: FlatType,
): Source {
  return {
    type,
    ...flat,
    check: () => accountMapped(e, node, pass, flat.size),
    item(index) {
      pushAddress(e, flat.address, index)
      e.body.memory(`${type}.load`, 0)
    },
    release: () => releaseFlat(e, flat),
  }
}

/** A vector of records that lie in memory, too. */
function recordSource(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Source | undefined {
  const { collection, name, item, call, start } = pass
  const record = recordsOf(e.version, collection)
  if (record === undefined || collection.kind !== 'ref') return undefined
  const address = addressLocal(e, collection.variable)
  const size = sizeLocal(e, collection.variable)
  const items = e.variable(e.module.facts.variable(collection.variable)).index
  const keepsItems = name === 'filter' || name === 'remove' || (name === 'reduce' && start === undefined)
  const hasValues = keepsItems || needsItem(e, call, item.id)
  return {
    type: 'externref',
    size,
    check: () => accountMapped(e, node, pass, size),
    item(index) {
      if (hasValues) e.body.localGet(items).localGet(index).call(e.host('item'))
      else e.body.nullReference()
    },
    release() {},
    records: { address, bytes: recordSize(record), hasValues },
  }
}

/** Numbers of memory that `for` asks for at once. */
const step = 512

/** A `for` of numbers: they are put one behind the other, whatever its body has put there is gone again by then. */
function emitFlatFor(e: FunctionEmitter, node: ForNode, type: FlatType): Flat {
  const { body } = e
  const address = e.temp('i32')
  const size = e.temp('i32')
  body.i32(0).memory('i32.load', memoryCells.heap).localSet(address)
  body.i32(0).localSet(size)
  emitForInto(e, node, () => {
    e.emitBody(node.body, type)
    const value = e.stored(type)
    body.localGet(size).i32(1).op('i32.add')
    e.raising(e.host('account-result'), node.span)
    body
      .localGet(size)
      .i32(step - 1)
      .op('i32.and')
      .op('i32.eqz')
    body.if()
    body.i32(step)
    e.raising(e.host('reserve'), node.span)
    body.op('drop')
    body.end()
    pushAddress(e, address, size)
    value.push()
    body.memory(`${type}.store`, 0)
    body.localGet(size).i32(1).op('i32.add').localSet(size)
    value.release()
  })
  return { address, size }
}

/** `(range …)` of ints is counted; it is charged and accounted like the vector it stands for. */
export function openRange(e: FunctionEmitter, collection: Node): Omit<Source, 'check' | 'type'> | undefined {
  const { body } = e
  if (collection.kind !== 'apply' || collection.callee.kind !== 'ref') return undefined
  const { callee, args, span } = collection
  if (callee.scope !== 'builtin' || libraryFunction(callee.name)?.name !== 'range') return undefined
  if (args.length < 1 || args.length > 3 || args.some(arg => e.kinds(arg) !== k.int)) return undefined
  const constant = (value: bigint): Operand => ({
    push: () => body.i64(value),
    release: () => {},
    literal: value,
  })
  const given = args.map(arg => e.operand(arg, 'i64'))
  const start = given.length === 1 ? constant(0n) : given[0]!
  const end = given[given.length === 1 ? 0 : 1]!
  const by = given[2] ?? constant(1n)
  e.spend(1, span)
  start.push()
  end.push()
  by.push()
  e.charging(e.host('range-size'), span)
  const size = e.temp('i32')
  body.localSet(size)
  return {
    size,
    item(index) {
      body.localGet(index).op('i64.extend_i32_u')
      if (by.literal !== 1n) {
        by.push()
        body.op('i64.mul')
      }
      if (start.literal === 0n) return
      start.push()
      body.op('i64.add')
    },
    release() {
      for (const operand of given) operand.release()
      e.release(size, 'i32')
    },
  }
}

function hostSource(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Source {
  const { body } = e
  const { collection, name } = pass
  const type = sourceType(e, collection)
  e.emit(collection, 'externref')
  const items = e.temp('externref')
  body.localSet(items)
  const size = e.temp('i32')
  const address = type === 'externref' ? undefined : e.temp('i32')
  return {
    type,
    size,
    ...(address === undefined ? {} : { address }),
    check() {
      body.localGet(items).globalGet(e.module.value(name))
      e.charging(e.host(isMapping(name) ? 'walk-to-map' : 'walk'), node.span)
      body.localTee(items).call(e.host('size')).localSet(size)
      if (address === undefined) return
      body.localGet(items)
      e.raising(e.host(type === 'i64' ? 'unpack-ints' : 'unpack-floats'), node.span)
      body.localSet(address)
    },
    item(index) {
      if (address === undefined) body.localGet(items).localGet(index).call(e.host('item'))
      else {
        pushAddress(e, address, index)
        body.memory(type === 'i64' ? 'i64.load' : 'f64.load', 0)
      }
    },
    release() {
      e.release(items, 'externref')
      e.release(size, 'i32')
      if (address !== undefined) e.release(address, 'i32')
    },
  }
}

// Rounds

/** The loop. `each` writes what comes after the element is bound; it may jump to `done` with nothing to subtract. */
function emitRounds(
  e: FunctionEmitter,
  node: ApplyNode,
  pass: PassFacts,
  source: Source,
  from: number,
  each: (index: number, done: Label) => void,
): void {
  const { body } = e
  const index = e.temp('i32')
  body.i32(from).localSet(index)
  e.settle()
  const done = body.block()
  e.loop(target => {
    body.localGet(index).localGet(source.size).op('i32.ge_u').brIf(done)
    e.spend(1, node.span)
    const item = e.place(pass.item)
    source.item(index)
    e.convert(source.type, item.type, e.module.inference.variableKinds(e.version, pass.item.id))
    body.localSet(item.index)
    if (source.records !== undefined) bindRecordItem(e, pass, source.records, index)
    if (e.kinds(pass.call) === k.never) {
      e.emit(pass.call, 'none')
      body.unreachable()
      return
    }
    each(index, done)
    body.localGet(index).i32(1).op('i32.add').localSet(index)
    e.jumpBack(target, node.span)
  })
  body.end()
  e.settled()
  e.release(index, 'i32')
}

function bindRecordItem(
  e: FunctionEmitter,
  { item }: PassFacts,
  { address, bytes, hasValues }: NonNullable<Source['records']>,
  index: number,
): void {
  const at = e.variables.get(addressOf(item.id))?.index ?? e.body.local('i32')
  e.variables.set(addressOf(item.id), { index: at, type: 'i32' })
  if (!hasValues) e.valueless.add(item.id)
  e.body.localGet(address).localGet(index).i32(bytes).op('i32.mul').op('i32.add').localSet(at)
}

/** Evaluates the call for an element as the condition under which `filter` or `remove` keeps it. */
function emitKeeps(e: FunctionEmitter, pass: PassFacts): void {
  e.emitTest(pass.call)
  if (pass.name === 'remove') e.body.op('i32.eqz')
}

/** A pass that gives a vector of numbers, left in memory. It takes the place of the one it walks over, if it can. */
function emitFlat(e: FunctionEmitter, node: ApplyNode, pass: PassFacts, type: FlatType): Flat {
  const { body } = e
  const source = openSource(e, node, pass)
  e.spend(1, node.span)
  source.check()
  const address = e.temp('i32')
  const size = e.temp('i32')
  if (source.address !== undefined) body.localGet(source.address).localSet(address)
  else {
    body.localGet(source.size)
    e.raising(e.host('reserve'), node.span)
    body.localSet(address)
  }
  if (isMapping(pass.name)) {
    emitRounds(e, node, pass, source, 0, index => {
      e.emit(pass.call, type)
      const value = e.stored(type)
      pushAddress(e, address, index)
      value.push()
      body.memory(`${type}.store`, 0)
      value.release()
    })
    body.localGet(source.size).localSet(size)
  } else {
    body.i32(0).localSet(size)
    emitRounds(e, node, pass, source, 0, () => {
      emitKeeps(e, pass)
      e.when(() => {
        body.i32(1)
        e.raising(e.host('account'), node.span)
        pushAddress(e, address, size)
        body.localGet(e.variable(pass.item).index).memory(`${type}.store`, 0)
        body.localGet(size).i32(1).op('i32.add').localSet(size)
      })
    })
  }
  source.release()
  return { address, size }
}

/** Any other pass. */
function emitValue(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Operand {
  switch (pass.name) {
    case 'reduce':
      return emitReduce(e, node, pass)
    case 'every?':
    case 'some?':
      return emitDecision(e, node, pass)
    case 'some':
      return emitSome(e, node, pass)
    default:
      return emitCollected(e, node, pass)
  }
}

function emitCollected(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Operand {
  const { body } = e
  const source = openSource(e, node, pass)
  e.spend(1, node.span)
  source.check()
  body.call(e.host('collect'))
  const results = e.stored('externref')
  const append = (push: () => void): void => {
    results.push()
    push()
    body.call(e.host('append'))
  }
  emitRounds(e, node, pass, source, 0, () => {
    if (isMapping(pass.name)) {
      e.emit(pass.call, 'externref')
      const value = e.stored('externref')
      append(() => value.push())
      value.release()
      return
    }
    emitKeeps(e, pass)
    e.when(() => {
      body.i32(1)
      e.raising(e.host('account'), node.span)
      const { index, type } = e.variable(pass.item)
      const kinds = e.module.inference.variableKinds(e.version, pass.item.id)
      append(() => e.finishValue(type, kinds, 'externref', () => body.localGet(index)))
    })
  })
  source.release()
  results.push()
  body.call(e.host('collected'))
  results.release()
  return e.stored('externref')
}

function emitReduce(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Operand {
  const { body } = e
  const gathered = e.place(pass.gathered)
  if (pass.start !== undefined) {
    e.emit(pass.start, gathered.type)
    body.localSet(gathered.index)
  }
  const source = openSource(e, node, pass)
  e.spend(1, node.span)
  source.check()
  if (pass.start === undefined) {
    const first = e.temp('i32')
    body.i32(0).localSet(first)
    body.localGet(source.size).op('i32.eqz')
    e.when(() => {
      e.raising(e.host('nothing-to-reduce'), node.span)
      body.unreachable()
    })
    source.item(first)
    e.convert(source.type, gathered.type, e.module.inference.variableKinds(e.version, pass.item.id))
    body.localSet(gathered.index)
    e.release(first, 'i32')
  }
  emitRounds(e, node, pass, source, pass.start === undefined ? 1 : 0, () => {
    e.emit(pass.call, gathered.type)
    body.localSet(gathered.index)
  })
  source.release()
  return { push: () => body.localGet(gathered.index), release: () => {} }
}

/** `every?` and `some?`: whether a call decided it. */
function emitDecision(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Operand {
  const { body } = e
  const source = openSource(e, node, pass)
  e.spend(1, node.span)
  source.check()
  const decided = e.temp('i32')
  body.i32(0).localSet(decided)
  const isEvery = pass.name === 'every?'
  emitRounds(e, node, pass, source, 0, (_, done) => {
    e.emitTest(pass.call)
    if (isEvery) body.op('i32.eqz')
    body.localTee(decided)
    e.settle()
    body.brIf(done)
  })
  source.release()
  return {
    push: () => {
      body.localGet(decided)
      if (isEvery) body.op('i32.eqz')
    },
    release: () => e.release(decided, 'i32'),
  }
}

function emitSome(e: FunctionEmitter, node: ApplyNode, pass: PassFacts): Operand {
  const { body } = e
  const source = openSource(e, node, pass)
  e.spend(1, node.span)
  source.check()
  const found = e.temp('externref')
  body.nullReference().localSet(found)
  emitRounds(e, node, pass, source, 0, (_, done) => {
    e.emit(pass.call, 'externref')
    body.localTee(found)
    e.truth('externref', e.kinds(pass.call))
    e.settle()
    body.brIf(done)
    body.nullReference().localSet(found)
  })
  source.release()
  return { push: () => body.localGet(found), release: () => e.release(found, 'externref') }
}
