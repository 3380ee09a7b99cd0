import { KeyReader, Keyword, RtfsMap, type Value } from '@rtfs/core'
import type { ApplyNode, Node } from '@rtfs/ir'
import { type BuiltinFunction, callKeyword, findBuiltin, type PlainImplementation } from '@rtfs/stdlib'
import type { Place } from '../shared/services.js'
import { compileBinary, compileUnary } from './arithmetic.js'
import { IrClosure } from './closure.js'
import type { Code, Frame, FunctionCode, Slot } from './code.js'
import { compileLiteralBinary } from './literal-operands.js'
import type { Machine } from './machine.js'
import { locateAt } from './placed.js'
import { type Scope, siteOf } from './scope.js'
import { tailCall } from './signals.js'
import { compileSlotBinary, slotOf } from './slot-operands.js'

export type Compile = (node: Node, scope: Scope) => Code

/** Calls: library functions by name, the function itself, any other callable. */
export function compileApply(node: ApplyNode, scope: Scope, compile: Compile): Code {
  const { callee } = node
  const site = siteOf(node, scope)
  const args = node.args.map(arg => compile(arg, scope))
  if (callee.kind === 'ref' && callee.scope === 'builtin') {
    const builtin = findBuiltin(callee.name)
    if (builtin !== undefined) {
      return (
        compileSlotBinary(builtin.name, node.args, site, scope) ??
        compileLiteralBinary(builtin.name, args[0], node.args, site, scope.machine) ??
        compileBuiltinCall(builtin, args, slotsOf(node.args, scope), site, scope.machine)
      )
    }
  }
  if (callee.kind === 'literal' && callee.value instanceof Keyword && args.length === 1) {
    const slot = slotOf(node.args[0]!, scope)
    return slot === undefined
      ? compileKeywordCall(callee.value, args[0]!, site, scope.machine)
      : compileSlotKeywordCall(callee.value, slot, site, scope.machine)
  }
  if (isSelfCall(node, scope)) return compileSelfCall(node, args, scope)
  const fn = compile(callee, scope)
  if (node.tail === 'yes') return compileTailCall(fn, args, site, scope.machine)
  if (node.tail === 'self') return compileSelfTailCall(fn, args, site, scope)
  return compileCall(fn, args, site, scope.machine)
}

function compileBuiltinCall(
  builtin: BuiltinFunction,
  args: readonly Code[],
  slots: readonly (number | undefined)[],
  site: Place,
  machine: Machine,
): Code {
  const { name, definition } = builtin
  const { implementation, arity } = definition
  if (args.length < arity.min || args.length > arity.max || implementation.kind !== 'plain') {
    return frame => machine.call(builtin, evaluate(args, frame), site)
  }
  if (args.length === 1) {
    return (
      compileUnary(name, args[0]!, site, machine) ?? compilePlain1(implementation, args[0]!, site, machine)
    )
  }
  if (args.length === 2) {
    const [a, b] = args as readonly [Code, Code]
    if (name === 'get') return compileGet(implementation, a, b, site, machine)
    const binary = compileBinary(name, a, b, site, machine)
    if (binary !== undefined) return binary
    const [slot] = slots
    return slot === undefined
      ? compilePlain2(implementation, a, b, site, machine)
      : compileSlotPlain2(implementation, slot, b, site, machine)
  }
  if (args.length === 3) {
    const [a, b, c] = args as readonly [Code, Code, Code]
    const [slot, other] = slots
    return slot === undefined || other === undefined
      ? compilePlain3(implementation, a, b, c, site, machine)
      : compileSlotPlain3(implementation, slot, other, c, site, machine)
  }
  const call = implementation.call
  return frame => {
    const values = evaluate(args, frame)
    machine.charge(site)
    try {
      return call(values, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

/** `(:k m)`. */
function compileKeywordCall(keyword: Keyword, target: Code, site: Place, machine: Machine): Code {
  const reader = new KeyReader(keyword)
  return frame => {
    const map = target(frame)
    const { meter } = machine
    if (--meter.fuel < meter.watermark) machine.settle(site)
    return map instanceof RtfsMap ? (map.read(reader) ?? null) : callKeywordAt(keyword, map, site)
  }
}

/** `(:k m)` of a local variable: most of what such a call costs is calling its parts. */
function compileSlotKeywordCall(keyword: Keyword, slot: number, site: Place, machine: Machine): Code {
  const reader = new KeyReader(keyword)
  return frame => {
    const map = frame[slot] as Value
    const { meter } = machine
    if (--meter.fuel < meter.watermark) machine.settle(site)
    return map instanceof RtfsMap ? (map.read(reader) ?? null) : callKeywordAt(keyword, map, site)
  }
}

function callKeywordAt(keyword: Keyword, target: Value, site: Place): Value {
  try {
    return callKeyword(keyword, [target])
  } catch (error) {
    throw locateAt(error, site)
  }
}

/** The slots of those arguments that are plain local variables. */
function slotsOf(args: readonly Node[], scope: Scope): readonly (number | undefined)[] {
  return args.map(arg => slotOf(arg, scope))
}

function compilePlain1(implementation: PlainImplementation, a: Code, site: Place, machine: Machine): Code {
  const call1 = implementation.call1 ?? ((x, context) => implementation.call([x], context))
  return frame => {
    const x = a(frame)
    machine.charge(site)
    try {
      return call1(x, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

function compilePlain2(
  implementation: PlainImplementation,
  a: Code,
  b: Code,
  site: Place,
  machine: Machine,
): Code {
  const call2 = implementation.call2 ?? ((x, y, context) => implementation.call([x, y], context))
  return frame => {
    const x = a(frame)
    const y = b(frame)
    machine.charge(site)
    try {
      return call2(x, y, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

/** As `compilePlain2`, of a local variable and something else. */
function compileSlotPlain2(
  implementation: PlainImplementation,
  slot: number,
  b: Code,
  site: Place,
  machine: Machine,
): Code {
  const call2 = implementation.call2 ?? ((x, y, context) => implementation.call([x, y], context))
  return frame => {
    const x = frame[slot] as Value
    const y = b(frame)
    machine.charge(site)
    try {
      return call2(x, y, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

/** `(get c k)`: of a map with a key that is one, all else is the library's. */
function compileGet(
  implementation: PlainImplementation,
  a: Code,
  b: Code,
  site: Place,
  machine: Machine,
): Code {
  const call2 = implementation.call2!
  return frame => {
    const c = a(frame)
    const k = b(frame)
    const { meter } = machine
    if (--meter.fuel < meter.watermark) machine.settle(site)
    if (c instanceof RtfsMap && (typeof k === 'number' || typeof k === 'string' || k instanceof Keyword)) {
      return c.get(k) ?? null
    }
    try {
      return call2(c, k, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

/** As `compilePlain3`, of two local variables and something else, such as `(assoc m k (f k))`. */
function compileSlotPlain3(
  implementation: PlainImplementation,
  slot: number,
  other: number,
  c: Code,
  site: Place,
  machine: Machine,
): Code {
  const call3 = implementation.call3 ?? ((x, y, z, context) => implementation.call([x, y, z], context))
  return frame => {
    const x = frame[slot] as Value
    const y = frame[other] as Value
    const z = c(frame)
    machine.charge(site)
    try {
      return call3(x, y, z, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

function compilePlain3(
  implementation: PlainImplementation,
  a: Code,
  b: Code,
  c: Code,
  site: Place,
  machine: Machine,
): Code {
  const call3 = implementation.call3 ?? ((x, y, z, context) => implementation.call([x, y, z], context))
  return frame => {
    const x = a(frame)
    const y = b(frame)
    const z = c(frame)
    machine.charge(site)
    try {
      return call3(x, y, z, machine.services)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
}

/** A call of the running function through its own name, with as many arguments as it takes. */
function isSelfCall(node: ApplyNode, scope: Scope): boolean {
  const { self } = scope
  return (
    self?.direct === true &&
    node.callee.kind === 'ref' &&
    node.callee.scope === 'local' &&
    node.callee.variable === scope.selfVariable &&
    node.args.length === self.arity
  )
}

function compileSelfCall(node: ApplyNode, args: readonly Code[], scope: Scope): Code {
  const machine = scope.machine
  const code = scope.self!
  const site = siteOf(node, scope)
  const tail = node.tail !== 'no'
  const [a, b] = args
  if (args.length === 1 && a !== undefined) {
    if (tail) {
      return frame => {
        const next = code.makeFrame(frame[0] as readonly Slot[])
        next[1] = a(frame)
        return leaveFor(machine, code, next, site)
      }
    }
    return frame => {
      const next = code.makeFrame(frame[0] as readonly Slot[])
      next[1] = a(frame)
      return enterCharged(machine, code, next, site)
    }
  }
  if (args.length === 2 && a !== undefined && b !== undefined) {
    if (tail) {
      return frame => {
        const next = code.makeFrame(frame[0] as readonly Slot[])
        next[1] = a(frame)
        next[2] = b(frame)
        return leaveFor(machine, code, next, site)
      }
    }
    return frame => {
      const next = code.makeFrame(frame[0] as readonly Slot[])
      next[1] = a(frame)
      next[2] = b(frame)
      return enterCharged(machine, code, next, site)
    }
  }
  return frame => {
    const next = code.makeFrame(frame[0] as readonly Slot[])
    for (let i = 0; i < args.length; i++) next[i + 1] = args[i]!(frame)
    return tail ? leaveFor(machine, code, next, site) : enterCharged(machine, code, next, site)
  }
}

/** Charges the call and enters it. */
function enterCharged(machine: Machine, code: FunctionCode, frame: Frame, site: Place): Value {
  machine.charge(site)
  return machine.enter(code, frame, site)
}

/** Charges a tail call and hands it to the loop in `Machine.run`. */
function leaveFor(machine: Machine, code: FunctionCode, frame: Frame, site: Place): Value {
  machine.charge(site)
  machine.tailCode = code
  machine.tailFrame = frame
  return tailCall
}

function compileCall(fn: Code, args: readonly Code[], site: Place, machine: Machine): Code {
  const [a, b] = args
  if (args.length === 1 && a !== undefined) {
    return frame => {
      const callee = fn(frame)
      const x = a(frame)
      if (callee instanceof IrClosure && callee.code.direct && callee.code.arity === 1) {
        const next = callee.code.makeFrame(callee.captures)
        next[1] = x
        return enterCharged(machine, callee.code, next, site)
      }
      return machine.call(callee, [x], site)
    }
  }
  if (args.length === 2 && a !== undefined && b !== undefined) {
    return frame => {
      const callee = fn(frame)
      const x = a(frame)
      const y = b(frame)
      if (callee instanceof IrClosure && callee.code.direct && callee.code.arity === 2) {
        const next = callee.code.makeFrame(callee.captures)
        next[1] = x
        next[2] = y
        return enterCharged(machine, callee.code, next, site)
      }
      return machine.call(callee, [x, y], site)
    }
  }
  return frame => {
    const callee = fn(frame)
    if (callee instanceof IrClosure && callee.code.direct && callee.code.arity === args.length) {
      const next = callee.code.makeFrame(callee.captures)
      for (let i = 0; i < args.length; i++) next[i + 1] = args[i]!(frame)
      return enterCharged(machine, callee.code, next, site)
    }
    return machine.call(callee, evaluate(args, frame), site)
  }
}

function compileTailCall(fn: Code, args: readonly Code[], site: Place, machine: Machine): Code {
  return frame => {
    const callee = fn(frame)
    const values = evaluate(args, frame)
    if (!(callee instanceof IrClosure)) return machine.call(callee, values, site)
    machine.charge(site)
    return tailOrDelegated(callee, values, site, machine)
  }
}

/** In a function with a return annotation: a tail call if it calls the function itself, else an ordinary call. */
function compileSelfTailCall(fn: Code, args: readonly Code[], site: Place, scope: Scope): Code {
  const { machine, self } = scope
  return frame => {
    const callee = fn(frame)
    const values = evaluate(args, frame)
    if (!(callee instanceof IrClosure) || callee.code !== self) return machine.call(callee, values, site)
    machine.charge(site)
    return tailOrDelegated(callee, values, site, machine)
  }
}

function tailOrDelegated(callee: IrClosure, values: readonly Value[], site: Place, machine: Machine): Value {
  const answer = machine.prepare(callee, values, site)
  if (answer !== undefined) return answer
  machine.tailFrame = machine.bind(callee, values, site)
  machine.tailCode = callee.code
  return tailCall
}

/** Evaluates arguments left to right. */
export function evaluate(args: readonly Code[], frame: Frame): Value[] {
  const values: Value[] = []
  for (let i = 0; i < args.length; i++) values.push(args[i]!(frame))
  return values
}
