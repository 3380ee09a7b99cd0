import {
  isTruthy,
  KeyReader,
  Keyword,
  RtfsMap,
  type RtfsSequence,
  type RtfsVectorBuilder,
  SequenceCursor,
  type Value,
} from '@rtfs/core'
import {
  BuiltinFunction,
  callKeyword,
  filterEach,
  type LibraryContext,
  mapEach,
  type PreparedCalls,
  reduceEach,
} from '@rtfs/stdlib'
import type { Place } from '../shared/services.js'
import { IrClosure } from './closure.js'
import type { Frame, FunctionCode } from './code.js'
import type { Machine } from './machine.js'
import { recurring, tailCall } from './signals.js'

/**
 * The calls that a library function makes for the elements of a collection: each is what `Machine.call` would do at
 * the same site, decided about once. Errors of library functions get their place where the call of the function that
 * calls them gets it, which is the same.
 *
 * A closure runs in one frame again and again: nothing keeps the frame of a call that has ended, and none of these
 * calls begins before the one before it has ended.
 */
export class SiteCalls implements PreparedCalls {
  readonly #machine: Machine
  readonly #site: Place

  constructor(machine: Machine, site: Place) {
    this.#machine = machine
    this.#site = site
  }

  one(fn: Value): (a: Value) => Value {
    const machine = this.#machine
    const site = this.#site
    if (fn instanceof IrClosure) {
      const { code } = fn
      if (!code.direct || code.arity !== 1) return a => machine.call(fn, [a], site)
      const frame = code.makeFrame(fn.captures)
      return a => {
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (meter.depth <= 0) machine.overflow(site)
        if (frame.length > 2) clear(frame, 2)
        frame[1] = a
        meter.depth--
        try {
          const result = code.body(frame)
          const value = isPlain(result, code) ? result : finish(result, code, frame, machine)
          meter.depth++
          return value
        } catch (error) {
          meter.depth++
          throw error instanceof RangeError ? error : machine.passing(error, code, site)
        }
      }
    }
    const plain = plainOfOne(fn)
    if (plain !== undefined) {
      return a => {
        machine.charge(site)
        return plain(a, machine.services)
      }
    }
    if (fn instanceof Keyword) {
      const reader = new KeyReader(fn)
      return map => {
        machine.charge(site)
        if (map instanceof RtfsMap) return map.read(reader) ?? null
        return callKeyword(fn, [map])
      }
    }
    return a => machine.call(fn, [a], site)
  }

  two(fn: Value): (a: Value, b: Value) => Value {
    const machine = this.#machine
    const site = this.#site
    if (fn instanceof IrClosure) {
      const { code } = fn
      if (!code.direct || code.arity !== 2) return (a, b) => machine.call(fn, [a, b], site)
      const frame = code.makeFrame(fn.captures)
      return (a, b) => {
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (meter.depth <= 0) machine.overflow(site)
        if (frame.length > 3) clear(frame, 3)
        frame[1] = a
        frame[2] = b
        meter.depth--
        try {
          const result = code.body(frame)
          const value = isPlain(result, code) ? result : finish(result, code, frame, machine)
          meter.depth++
          return value
        } catch (error) {
          meter.depth++
          throw error instanceof RangeError ? error : machine.passing(error, code, site)
        }
      }
    }
    const plain = plainOfTwo(fn)
    if (plain !== undefined) {
      return (a, b) => {
        machine.charge(site)
        return plain(a, b, machine.services)
      }
    }
    return (a, b) => machine.call(fn, [a, b], site)
  }

  map(fn: Value, items: RtfsSequence, results: RtfsVectorBuilder): void {
    const machine = this.#machine
    const { size } = items
    const cursor = new SequenceCursor()
    if (fn instanceof IrClosure && fn.code.direct && fn.code.arity === 1) {
      const run = new ClosureRun(fn, machine, this.#site)
      for (let i = 0; i < size; ) {
        items.moveTo(i, cursor)
        const { array, from, to } = cursor
        for (let at = from; at < to; at++) results.push(run.one(array[at]!))
        i += to - from
      }
      return
    }
    const plain = plainOfOne(fn)
    if (plain === undefined) {
      mapEach(this.one(fn), items, results, machine.meter)
      return
    }
    const { services } = machine
    for (let i = 0; i < size; ) {
      items.moveTo(i, cursor)
      const { array, from, to } = cursor
      for (let at = from; at < to; at++) {
        this.#chargeTwice()
        results.push(plain(array[at]!, services))
      }
      i += to - from
    }
  }

  filter(fn: Value, items: RtfsSequence, wanted: boolean, kept: RtfsVectorBuilder): void {
    const machine = this.#machine
    const { meter, services } = machine
    const { size } = items
    const cursor = new SequenceCursor()
    if (fn instanceof IrClosure && fn.code.direct && fn.code.arity === 1) {
      const run = new ClosureRun(fn, machine, this.#site)
      for (let i = 0; i < size; ) {
        items.moveTo(i, cursor)
        const { array, from, to } = cursor
        for (let at = from; at < to; at++) {
          const item = array[at]!
          if (isTruthy(run.one(item)) !== wanted) continue
          meter.elements(1)
          kept.push(item)
        }
        i += to - from
      }
      return
    }
    const plain = plainOfOne(fn)
    if (plain === undefined) {
      filterEach(this.one(fn), items, wanted, kept, meter)
      return
    }
    for (let i = 0; i < size; ) {
      items.moveTo(i, cursor)
      const { array, from, to } = cursor
      for (let at = from; at < to; at++) {
        const item = array[at]!
        this.#chargeTwice()
        if (isTruthy(plain(item, services)) !== wanted) continue
        meter.elements(1)
        kept.push(item)
      }
      i += to - from
    }
  }

  reduce(fn: Value, first: Value, items: RtfsSequence, from: number): Value {
    const machine = this.#machine
    const { size } = items
    const cursor = new SequenceCursor()
    let gathered = first
    if (fn instanceof IrClosure && fn.code.direct && fn.code.arity === 2) {
      const run = new ClosureRun(fn, machine, this.#site)
      for (let i = from; i < size; ) {
        items.moveTo(i, cursor)
        const { array, from: begin, to } = cursor
        for (let at = begin; at < to; at++) gathered = run.two(gathered, array[at]!)
        i += to - begin
      }
      return gathered
    }
    const plain = plainOfTwo(fn)
    if (plain === undefined) return reduceEach(this.two(fn), first, items, from, machine.meter)
    const { services } = machine
    for (let i = from; i < size; ) {
      items.moveTo(i, cursor)
      const { array, from: begin, to } = cursor
      for (let at = begin; at < to; at++) {
        this.#chargeTwice()
        gathered = plain(gathered, array[at]!, services)
      }
      i += to - begin
    }
    return gathered
  }

  /** The charge of an element and that of its call. */
  #chargeTwice(): void {
    const { meter } = this.#machine
    meter.fuel -= 2
    if (meter.fuel < meter.watermark) settleTwice(this.#machine, this.#site)
  }
}

/** Charges two units of fuel one after the other, as if they had not been taken yet. */
function settleTwice(machine: Machine, site: Place): void {
  machine.meter.fuel += 2
  machine.charge(site)
  machine.charge(site)
}

/** The calls of one closure for the elements of a walk, each with the charge of its element. */
class ClosureRun {
  readonly #machine: Machine
  readonly #site: Place
  readonly #code: FunctionCode
  readonly #frame: Frame

  constructor(closure: IrClosure, machine: Machine, site: Place) {
    this.#machine = machine
    this.#site = site
    this.#code = closure.code
    this.#frame = closure.code.makeFrame(closure.captures)
  }

  one(a: Value): Value {
    const frame = this.#frame
    if (frame.length > 2) clear(frame, 2)
    frame[1] = a
    return this.#enter(frame)
  }

  two(a: Value, b: Value): Value {
    const frame = this.#frame
    if (frame.length > 3) clear(frame, 3)
    frame[1] = a
    frame[2] = b
    return this.#enter(frame)
  }

  #enter(frame: Frame): Value {
    const machine = this.#machine
    const { meter } = machine
    const code = this.#code
    meter.fuel -= 2
    if (meter.fuel < meter.watermark) settleTwice(machine, this.#site)
    if (meter.depth <= 0) machine.overflow(this.#site)
    meter.depth--
    try {
      const result = code.body(frame)
      const value = isPlain(result, code) ? result : finish(result, code, frame, machine)
      meter.depth++
      return value
    } catch (error) {
      meter.depth++
      throw error instanceof RangeError ? error : machine.passing(error, code, this.#site)
    }
  }
}

/** How a library function that never calls back is called with one argument; `undefined` for everything else. */
function plainOfOne(fn: Value): ((a: Value, context: LibraryContext) => Value) | undefined {
  if (!(fn instanceof BuiltinFunction)) return undefined
  const { arity, implementation } = fn.definition
  if (implementation.kind !== 'plain' || arity.min > 1 || arity.max < 1) return undefined
  const { call, call1 } = implementation
  return call1 ?? ((a, context) => call([a], context))
}

/** As `plainOfOne`, with two arguments. */
function plainOfTwo(fn: Value): ((a: Value, b: Value, context: LibraryContext) => Value) | undefined {
  if (!(fn instanceof BuiltinFunction)) return undefined
  const { arity, implementation } = fn.definition
  if (implementation.kind !== 'plain' || arity.min > 2 || arity.max < 2) return undefined
  const { call, call2 } = implementation
  return call2 ?? ((a, b, context) => call([a, b], context))
}

/** Empties the slots of local variables, which a fresh frame has empty. */
function clear(frame: Frame, from: number): void {
  for (let i = from; i < frame.length; i++) frame[i] = undefined
}

/** True for the value of the call, which nothing has to be done with. */
function isPlain(result: Value, { checkReturn }: FunctionCode): boolean {
  return result !== tailCall && result !== recurring && checkReturn === undefined
}

/** The value of a call whose body has given `result`: the tail call or the next round is made, the value is checked. */
function finish(result: Value, code: FunctionCode, frame: Frame, machine: Machine): Value {
  if (result === tailCall) return machine.run(machine.tailCode!, machine.tailFrame!)
  if (result === recurring) return machine.run(code, frame)
  return code.checkReturn!(result)
}
