import type { Type, Value } from '@rtfs/core'
import { ByteWriter } from '../wasm/encoder/byte-writer.js'
import { ByteReader } from '../wasm/metadata/byte-reader.js'
import { readType, writeType } from '../wasm/metadata/type-codec.js'
import { readValue, writeValue } from '../wasm/metadata/value-codec.js'
import { moduleLimits } from '../wasm/module-limits.js'

/*
 * Byte code of the target `rtfs-bc`: a stack machine over values. Jumps name instructions of the same function by
 * number. Sites are numbered places of the table beside the module, plus one; 0 is the call that entered the function.
 */

export const targetId = 'rtfs-bc'
export const abiVersion = '1'

/** Instructions with the number of their operands. */
const operandCounts = {
  /** Pushes a constant. */
  const: 1,
  load: 1,
  store: 1,
  pop: 0,
  jump: 1,
  /** Jumps when the value it takes is nil or false. */
  'jump-unless': 1,
  /** Jumps when the value is nil or false and leaves it, else drops it. */
  'jump-keeping-false': 1,
  'jump-keeping-true': 1,
  /** function, site. */
  call: 2,
  /** As `call`, in place of the running function. */
  'tail-call': 2,
  /** library call, site. */
  builtin: 2,
  return: 0,
  /** units, site. */
  charge: 2,
  /** check, site: the value against a type. */
  check: 2,
  /** count, site: the values on top as a vector. */
  vector: 2,
  /** count of pairs, site: keys and values in turn as a map; of equal keys the last wins. */
  map: 2,
  /** site: the value on top must be one that may be a key. */
  'map-key': 1,
  /** site: raises the value. */
  throw: 1,
} as const

export type InstructionName = keyof typeof operandCounts

export const instructionNames = Object.keys(operandCounts) as readonly InstructionName[]

export interface Instruction {
  readonly name: InstructionName
  /** First operand; 0 where there is none. */
  readonly a: number
  readonly b: number
}

export interface BcFunction {
  readonly name: string
  readonly arity: number
  /** Slots for parameters and variables. */
  readonly slots: number
  readonly code: readonly Instruction[]
}

export interface BcModule {
  readonly constants: readonly Value[]
  readonly builtins: readonly { readonly name: string; readonly count: number }[]
  readonly checks: readonly { readonly type: Type; readonly path: string }[]
  readonly types: readonly (readonly [name: string, type: Type])[]
  readonly functions: readonly BcFunction[]
  /** Names that are exported, with the numbers of their functions. */
  readonly exports: readonly (readonly [name: string, fn: number])[]
  /** The function of the top level of a program, plus one; 0 where there is none. */
  readonly init: number
}

const magic = [0x52, 0x54, 0x42, 0x43]

export function encodeModule(module: BcModule): Uint8Array {
  const out = new ByteWriter()
  const each = <T>(items: readonly T[], write: (item: T) => void): void => {
    out.u32(items.length)
    items.forEach(write)
  }
  out.raw(magic)
  out.u32(Number(abiVersion))
  each(module.constants, value => writeValue(out, value))
  each(module.builtins, ({ name, count }) => {
    out.name(name)
    out.u32(count)
  })
  each(module.checks, ({ type, path }) => {
    writeType(out, type)
    out.name(path)
  })
  each(module.types, ([name, type]) => {
    out.name(name)
    writeType(out, type)
  })
  each(module.functions, ({ name, arity, slots, code }) => {
    out.name(name)
    out.u32(arity)
    out.u32(slots)
    each(code, instruction => {
      out.byte(instructionNames.indexOf(instruction.name))
      const count = operandCounts[instruction.name]
      if (count > 0) out.u32(instruction.a)
      if (count > 1) out.u32(instruction.b)
    })
  })
  each(module.exports, ([name, fn]) => {
    out.name(name)
    out.u32(fn)
  })
  out.u32(module.init)
  return out.toBytes()
}

/** Reads a module and checks that running it cannot leave it. Throws RangeError for anything else. */
export function decodeModule(bytes: Uint8Array): BcModule {
  const reader = new ByteReader(bytes)
  const each = <T>(read: () => T): T[] => {
    const items: T[] = []
    for (let left = reader.count(); left > 0; left--) items.push(read())
    return items
  }
  if (magic.some(byte => reader.byte() !== byte)) throw new RangeError('it does not begin as one')
  if (reader.u32() !== Number(abiVersion)) throw new RangeError('it has another version')
  const module: BcModule = {
    constants: each(() => readValue(reader)),
    builtins: each(() => ({ name: reader.name(), count: reader.u32() })),
    checks: each(() => ({ type: readType(reader), path: reader.name() })),
    types: each(() => [reader.name(), readType(reader)] as const),
    functions: each(() => ({
      name: reader.name(),
      arity: reader.u32(),
      slots: reader.u32(),
      code: each(() => readInstruction(reader)),
    })),
    exports: each(() => [reader.name(), reader.u32()] as const),
    init: reader.u32(),
  }
  if (!reader.done) throw new RangeError('there are bytes after its end')
  verify(module)
  return module
}

function readInstruction(reader: ByteReader): Instruction {
  const name = instructionNames[reader.byte()]
  if (name === undefined) throw new RangeError('it has an unknown instruction')
  const count = operandCounts[name]
  return { name, a: count > 0 ? reader.u32() : 0, b: count > 1 ? reader.u32() : 0 }
}

function verify(module: BcModule): void {
  const { functions, exports, init } = module
  for (const fn of functions) verifyFunction(fn, module)
  for (const [, fn] of exports) requireBelow(fn, functions.length, 'an export')
  requireBelow(init, functions.length + 1, 'the top level')
  if (init > 0 && functions[init - 1]!.arity !== 0) throw new RangeError('its top level takes arguments')
}

function requireBelow(index: number, end: number, what: string): void {
  if (index >= end) throw new RangeError(`${what} names something that is not there`)
}

/** Every way through the code keeps the stack at one height for each instruction, and ends in a return. */
function verifyFunction({ code, arity, slots }: BcFunction, module: BcModule): void {
  if (slots > moduleLimits.locals || arity > slots) throw new RangeError('a function has too many slots')
  const heights = new Map<number, number>()
  const pending: [at: number, height: number][] = [[0, 0]]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, height] = next
    const known = heights.get(at)
    if (known !== undefined) {
      if (known !== height) throw new RangeError('the stack has two heights at one instruction')
      continue
    }
    heights.set(at, height)
    const instruction = code[at]
    if (instruction === undefined) throw new RangeError('code runs beyond its end')
    pending.push(...waysOn(instruction, at, height, slots, module))
  }
}

function waysOn(
  { name, a }: Instruction,
  at: number,
  height: number,
  slots: number,
  { constants, builtins, checks, functions }: BcModule,
): [at: number, height: number][] {
  const take = (count: number): number => {
    if (count > height) throw new RangeError('an instruction takes what is not on the stack')
    return height - count
  }
  switch (name) {
    case 'const':
      requireBelow(a, constants.length, 'a constant')
      return [[at + 1, height + 1]]
    case 'load':
      requireBelow(a, slots, 'a read')
      return [[at + 1, height + 1]]
    case 'store':
      requireBelow(a, slots, 'a write')
      return [[at + 1, take(1)]]
    case 'pop':
      return [[at + 1, take(1)]]
    case 'jump':
      return [[a, height]]
    case 'jump-unless':
      return [
        [a, take(1)],
        [at + 1, height - 1],
      ]
    case 'jump-keeping-false':
    case 'jump-keeping-true':
      return [
        [at + 1, take(1)],
        [a, height],
      ]
    case 'call':
    case 'tail-call': {
      requireBelow(a, functions.length, 'a call')
      const left = take(functions[a]!.arity)
      return name === 'call' ? [[at + 1, left + 1]] : []
    }
    case 'builtin':
      requireBelow(a, builtins.length, 'a call')
      return [[at + 1, take(builtins[a]!.count) + 1]]
    case 'vector':
    case 'map':
      return [[at + 1, take(name === 'map' ? 2 * a : a) + 1]]
    case 'map-key':
      take(1)
      return [[at + 1, height]]
    case 'return':
    case 'throw':
      take(1)
      return []
    case 'charge':
      return [[at + 1, height]]
    case 'check':
      requireBelow(a, checks.length, 'a check')
      take(1)
      return [[at + 1, height]]
  }
}
