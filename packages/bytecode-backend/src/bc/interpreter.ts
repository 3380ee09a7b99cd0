import {
  isRtfsError,
  isTruthy,
  type MapKey,
  type Meter,
  type ResolveType,
  type RtfsMap,
  RtfsMapBuilder,
  RtfsVector,
  type Span,
  type Value,
} from '@rtfs/core'
import type { ExecutionContext } from '@rtfs/interfaces'
import { type LibraryContext, mapKeyOf, type PlainImplementation } from '@rtfs/stdlib'
import { checkType, thrown } from '../wasm/executor/semantics.js'
import type { Site } from '../wasm/metadata/debug.js'
import type { BcFunction, BcModule } from './format.js'

/** Frames kept of a call stack. */
const maxStackFrames = 64

/** A function that runs. Its variables are its own; the stack of values is shared. */
interface Frame {
  /** What runs by now, after tail calls, and what was called. */
  fn: BcFunction
  readonly called: BcFunction
  slots: Value[]
  at: number
  /** The site of the call, as it is in the code. */
  site: number
}

/** A module that was checked, ready to run. */
export interface BcCode {
  readonly module: BcModule
  readonly builtins: readonly PlainImplementation[]
  readonly sites: readonly Site[]
}

/** Runs a function of checked byte code. Nothing nests on the native stack. */
export function runFunction(
  code: BcCode,
  fn: BcFunction,
  args: readonly Value[],
  context: ExecutionContext,
): Value {
  const { meter } = context
  const before = meter.depth
  const machine = new Machine(code, context)
  try {
    return machine.run(fn, args)
  } catch (error) {
    meter.depth = before
    throw machine.failed(error)
  }
}

class Machine {
  readonly #code: BcCode
  readonly #meter: Meter
  readonly #context: LibraryContext
  readonly #resolve: ResolveType
  readonly #stack: Value[] = []
  readonly #frames: Frame[] = []
  /** Where the instruction that is being run stands. */
  #site = 0

  constructor(code: BcCode, { meter, perform, taskContext }: ExecutionContext) {
    this.#code = code
    this.#meter = meter
    this.#context = { meter, perform, taskContext, expansion: undefined }
    const types = new Map(code.module.types)
    this.#resolve = name => types.get(name)
  }

  run(entry: BcFunction, args: readonly Value[]): Value {
    const { constants, builtins, checks, functions } = this.#code.module
    const stack = this.#stack
    const meter = this.#meter
    let frame = frameOf(entry, [...args], 0)
    this.#frames.push(frame)
    for (;;) {
      const { name, a, b } = frame.fn.code[frame.at++]!
      switch (name) {
        case 'const':
          stack.push(constants[a]!)
          break
        case 'load':
          stack.push(frame.slots[a]!)
          break
        case 'store':
          frame.slots[a] = stack.pop()!
          break
        case 'pop':
          stack.pop()
          break
        case 'jump':
          frame.at = a
          break
        case 'jump-unless':
          if (!isTruthy(stack.pop()!)) frame.at = a
          break
        case 'jump-keeping-false':
          if (isTruthy(stack[stack.length - 1]!)) stack.pop()
          else frame.at = a
          break
        case 'jump-keeping-true':
          if (isTruthy(stack[stack.length - 1]!)) frame.at = a
          else stack.pop()
          break
        case 'charge':
          this.#site = b
          meter.charge(a)
          break
        case 'check': {
          // The place of the call, for arguments.
          this.#site = b === 0 ? frame.site : b
          const { type, path } = checks[a]!
          stack.push(checkType(stack.pop()!, type, path, this.#resolve, meter))
          break
        }
        case 'vector':
          this.#site = b
          stack.push(RtfsVector.adopt(stack.splice(stack.length - a)))
          meter.elements(a)
          break
        case 'map':
          this.#site = b
          stack.push(mapOf(stack.splice(stack.length - 2 * a)))
          meter.elements(2 * a)
          break
        case 'map-key':
          this.#site = a
          stack.push(mapKeyOf(stack.pop()!, 'map'))
          break
        case 'throw':
          this.#site = a
          throw thrown(stack.pop()!, meter)
        case 'builtin': {
          this.#site = b
          meter.charge(1)
          const values = stack.splice(stack.length - builtins[a]!.count)
          stack.push(this.#code.builtins[a]!.call(values, this.#context))
          break
        }
        case 'call': {
          this.#site = b
          meter.charge(1)
          meter.enter()
          const fn = functions[a]!
          frame = frameOf(fn, stack.splice(stack.length - fn.arity), b)
          this.#frames.push(frame)
          break
        }
        case 'tail-call': {
          this.#site = b
          meter.charge(1)
          const fn = functions[a]!
          frame.slots = slotsOf(fn, stack.splice(stack.length - fn.arity))
          frame.fn = fn
          frame.at = 0
          frame.site = b
          break
        }
        case 'return': {
          this.#frames.pop()
          const outer = this.#frames[this.#frames.length - 1]
          if (outer === undefined) return stack.pop()!
          meter.leave()
          frame = outer
          break
        }
      }
    }
  }

  /** Gives an error its place and its call stack; returns it for throwing. */
  failed(error: unknown): unknown {
    if (!isRtfsError(error) || error.value === undefined) return error
    const span = this.#spanOf(this.#site)
    if (error.span === undefined && span !== undefined) error.span = { start: span.start, end: span.end }
    for (const frame of this.#frames.slice(1).reverse()) {
      if (error.stackFrames.length >= maxStackFrames) break
      error.stackFrames.push({ fn: frame.called.name, line: undefined, column: undefined })
    }
    return error
  }

  #spanOf(site: number): Span | undefined {
    return this.#code.sites[site - 1]?.span
  }
}

/** Of keys and values in turn; keys that are equal keep the last value. */
function mapOf(parts: readonly Value[]): RtfsMap {
  const builder = new RtfsMapBuilder()
  for (let i = 0; i < parts.length; i += 2) builder.set(parts[i] as MapKey, parts[i + 1]!)
  return builder.build()
}

function frameOf(fn: BcFunction, args: Value[], site: number): Frame {
  return { fn, called: fn, slots: slotsOf(fn, args), at: 0, site }
}

function slotsOf({ slots }: BcFunction, args: Value[]): Value[] {
  while (args.length < slots) args.push(null)
  return args
}
