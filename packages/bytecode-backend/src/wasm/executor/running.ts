import {
  arityMismatch,
  genericError,
  HostFunction,
  hostFailure,
  internalError,
  isCatchable,
  isRtfsError,
  isSuspended,
  Keyword,
  keyword,
  type Meter,
  notCallable,
  outgrownStack,
  type ResolveType,
  type RtfsError,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  type Span,
  shortText,
  stackOverflow,
  type Type,
  typeName,
  unsupported,
  type Value,
} from '@rtfs/core'
import type { ExecutionContext, FormServices } from '@rtfs/interfaces'
import {
  BuiltinFunction,
  callKeyword,
  callPlain,
  checkArity,
  DerivedFunction,
  drive,
  type ExpansionContext,
  type Implementation,
  type Invoke,
  type LibraryContext,
} from '@rtfs/stdlib'
import { heapStart, memoryCells, raiseReasons } from '../abi.js'
import { decodeDebug, type Site } from '../metadata/debug.js'
import type { FunctionMetadata, ModuleMetadata, RaiseSite } from '../metadata/metadata.js'
import { isStackOverflow } from '../stack-overflow.js'
import { autoSymbol, pureForms } from './form-operations.js'
import { LinkedFrames } from './linked-operations.js'
import { CompiledClosure } from './objects.js'
import { raisedError } from './raised.js'

/** `@enter/n` of an instance. */
export type Enter = (
  fuel: number,
  depth: number,
  index: number,
  self: CompiledClosure,
  ...args: Value[]
) => Value

const fuelCell = memoryCells.fuel / 4
const siteCell = memoryCells.site / 4
const depthCell = memoryCells.depth / 4
const heapCell = memoryCells.heap / 4
const pageSize = 65_536
const innerCell = memoryCells.inner / 4

/** Frames kept of a call stack. */
const maxStackFrames = 64

/** The error of a call that was not made, on its way to the code that wanted to make it. */
let refused: unknown

/**
 * An instance of a module and the run it is part of at the moment: what its imports work on. It is also what library
 * functions get. Fuel is in one of three places: in the code that runs, in its cell while the host works for the code,
 * in the meter otherwise; as a number relative to the meter's watermark in the first two.
 */
export class Running implements LibraryContext {
  readonly metadata: ModuleMetadata
  readonly functions: readonly FunctionMetadata[]
  constants: readonly unknown[] = []
  meter!: Meter
  context!: ExecutionContext
  taskContext: Value = null
  readonly expansion: ExpansionContext | undefined = undefined
  /** How many calls into the instance are in progress. */
  active = 0
  /** The account of the attempt whose top level has run. */
  initialised: Meter | undefined
  cells = new Int32Array(0)
  wide = new BigInt64Array(0)
  /** All of the memory as 32-bit words and as doubles, for numbers that loops work on. */
  words = new Int32Array(0)
  doubles = new Float64Array(0)
  #memory: WebAssembly.Memory | undefined
  readonly resolveType: ResolveType
  /** The host's frames, for a unit that is linked to them. */
  readonly frames = new LinkedFrames()
  readonly #enter = new Map<number, Enter>()
  readonly #raises: ReadonlyMap<number, RaiseSite>
  readonly #debug: Uint8Array | undefined
  #sites: readonly Site[] | undefined
  /** The error on its way through wasm frames, for the `catch` that may meet it. */
  #thrown: unknown
  /** Symbols made so far in the attempt of that account. */
  #symbols = 0
  #symbolsOf: Meter | undefined

  constructor(metadata: ModuleMetadata, debug: Uint8Array | undefined) {
    this.metadata = metadata
    this.functions = metadata.functions
    this.#debug = debug
    this.#raises = new Map(metadata.raises.map(raise => [raise.site, raise]))
    const types = new Map<string, Type>(metadata.types)
    this.resolveType = name => types.get(name) ?? this.frames.find(0)?.resolveType(name)
  }

  /** Where the types that code of a frame names are looked up. */
  resolverOf(frame: number): ResolveType {
    return frame === 0 ? this.resolveType : name => this.frames.find(frame)?.resolveType(name)
  }

  /** Connects the object with the instance it belongs to. */
  attach(memory: WebAssembly.Memory, enters: ReadonlyMap<number, Enter>): void {
    this.#memory = memory
    this.#view()
    this.cells[heapCell] = heapStart
    for (const [count, enter] of enters) this.#enter.set(count, enter)
  }

  #view(): void {
    const { buffer } = this.#memory!
    this.cells = new Int32Array(buffer, 0, memoryCells.wide / 4)
    this.wide = new BigInt64Array(buffer, memoryCells.wide)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
  }

  /** Room for so many numbers of 64 bits, until code frees it; its address. */
  reserve(count: number): number {
    const address = this.findRoom(count)
    // The interpreters have no such limit.
    if (address === undefined) throw unsupported('wasm', 'vectors of so many numbers')
    return address
  }

  /** As `reserve`; `undefined` when there is not so much room. */
  findRoom(count: number): number | undefined {
    const address = this.cells[heapCell]!
    const end = address + 8 * count
    const missing = end - this.#memory!.buffer.byteLength
    if (missing > 0) {
      try {
        this.#memory!.grow(Math.ceil(missing / pageSize))
      } catch {
        return undefined
      }
      this.#view()
    }
    this.cells[heapCell] = end
    return address
  }

  /** Gives back what was reserved from this address on. */
  free(address: number): void {
    this.cells[heapCell] = address
  }

  perform(capability: string, args: readonly Value[]): Value {
    return this.context.perform(capability, args)
  }

  // Runs

  /**
   * Makes the instance part of a run until `leave`, which gets what this gives back: the run that goes on then, while
   * a nested one is in progress.
   */
  enter(context: ExecutionContext): ExecutionContext | undefined {
    const outer = this.active > 0 ? this.context : undefined
    if (outer === undefined) {
      this.#thrown = undefined
      this.cells[heapCell] = heapStart
    }
    this.active++
    this.#join(context)
    return outer
  }

  leave(outer: ExecutionContext | undefined): void {
    this.active--
    if (outer !== undefined) this.#join(outer)
  }

  #join(context: ExecutionContext): void {
    if (this.context === context && this.meter === context.meter) return
    this.context = context
    this.meter = context.meter
    this.taskContext = context.taskContext
  }

  /** What an exception that leaves compiled code is to the rest of the program. */
  outside(error: unknown): unknown {
    if (isStackOverflow(error)) return outgrownStack('wasm')
    return error
  }

  /** Fuel for code that is about to run. */
  get fuel(): number {
    return this.meter.fuel - this.meter.watermark
  }

  /** Takes back what code has left in the cell. */
  returned(): void {
    const { meter } = this
    meter.fuel = meter.watermark + this.cells[fuelCell]!
    if (meter.fuel < meter.watermark) meter.settle()
  }

  // What imports need

  get site(): number {
    return this.cells[siteCell]!
  }

  /** Where the next error is, when it is about the arguments of a call from outside. */
  set site(site: number) {
    this.cells[siteCell] = site
  }

  /** Brings the meter up to date with the code that called out. */
  begin(): void {
    const fuel = this.cells[fuelCell]!
    if (fuel < 0) this.#settleAt(fuel, this.site)
    else this.meter.fuel = this.meter.watermark + fuel
  }

  /** Looks whether fuel or time is over, and if fuel is, which form was to blame. */
  #settleAt(fuel: number, site: number): void {
    const { meter } = this
    meter.fuel = meter.watermark + fuel
    const blamed = meter.fuel < 0 ? this.#blame(site) : undefined
    try {
      if (meter.fuel < meter.watermark) meter.settle()
    } catch (error) {
      if (blamed !== undefined && isRtfsError(error)) {
        error.span = blamed
        const file = this.frames.find(this.#siteAt(site)?.frame ?? 0)?.file
        if (file !== undefined) error.file = file
      }
      throw error
    }
  }

  /** The form whose charge was too much; the meter then says what it said when that form had spent it. */
  #blame(site: number): Span | undefined {
    const { meter } = this
    const charges = this.#siteAt(site)?.charges ?? []
    let before = meter.fuel
    for (const { units } of charges) before += units
    for (const { span, units } of charges) {
      before -= units
      if (before >= 0) continue
      meter.fuel = before
      return { start: span.start, end: span.end }
    }
    return undefined
  }

  /** Hands the account back to the code that called out. */
  end(): void {
    this.cells[fuelCell] = this.meter.fuel - this.meter.watermark
  }

  /** The depth that code which calls out is at. */
  takeDepth(): void {
    this.meter.depth = this.cells[depthCell]!
  }

  /** Gives an error its place and keeps it for a `catch`; returns it for throwing. */
  failed(error: unknown, site: number): unknown {
    this.locate(error, site)
    this.#thrown = error
    return error
  }

  /** As `failed`, for operations that did not look at the fuel: when it was over before, that is the error. */
  failedUnsettled(error: unknown): unknown {
    try {
      this.begin()
    } catch (exhausted) {
      return this.failed(exhausted, this.site)
    }
    return this.failed(error, this.site)
  }

  /** The error that a `catch` may see, once; null for signals and errors that end the run. */
  caught(): RtfsError | null {
    const error = this.#thrown
    if (!isCatchable(error)) return null
    this.#thrown = undefined
    this.end()
    return error
  }

  /** What is on its way through wasm frames at the moment. */
  get thrown(): unknown {
    return this.#thrown
  }

  /** The services of forms that report to the host. */
  get forms(): Omit<FormServices, 'gensym'> {
    return this.context.forms ?? pureForms
  }

  /** A fresh symbol for `name#`. */
  gensym(base: string): Value {
    if (this.context.forms !== undefined) return this.context.forms.gensym(base)
    if (this.#symbolsOf !== this.meter) this.#symbols = 0
    this.#symbolsOf = this.meter
    return autoSymbol(base, ++this.#symbols)
  }

  /** Where a site is in the source. */
  spanOf(site: number): Span | undefined {
    return this.#siteAt(site)?.span
  }

  /** Says that a thrown error is dealt with: code goes on. */
  recovered(): void {
    this.#thrown = undefined
    this.end()
  }

  /** Sets the place of an error that has none. */
  locate(error: unknown, site: number): void {
    if (!isRtfsError(error) || error.span !== undefined || error.value === undefined) return
    const found = this.#siteAt(site)
    if (found === undefined) return
    error.span = { start: found.span.start, end: found.span.end }
    const file = this.frames.find(found.frame)?.file
    if (file !== undefined) error.file = file
  }

  #siteAt(site: number): Site | undefined {
    if (this.#debug === undefined) return undefined
    if (this.#sites === undefined) {
      try {
        this.#sites = decodeDebug(this.#debug)
      } catch {
        // A table that cannot be read says nothing; the errors themselves do not depend on it.
        this.#sites = []
      }
    }
    return this.#sites[site]
  }

  /** Fuel is below zero, or depth is: new fuel, or the error. */
  settle(fuel: number, depth: number, site: number): number {
    const { meter } = this
    try {
      this.#settleAt(fuel, site)
      if (depth < 0) throw stackOverflow(meter.limits.depth)
    } catch (error) {
      throw this.failed(error, site)
    }
    return meter.fuel - meter.watermark
  }

  /** As `settle`, on the way into a call. */
  settleCall(fuel: number, depth: number, site: number): number {
    try {
      return this.settle(fuel, depth, site)
    } catch (error) {
      if (!this.#isTailCall) refused = error
      throw error
    }
  }

  /** True when the call that is being made takes the place of the function that makes it. */
  get #isTailCall(): boolean {
    return this.cells[innerCell] === this.cells[depthCell]
  }

  // Call stacks

  /** An error passes a call: it is noted in its stack. `number` is the site + 1, 0 when no call is in progress. */
  passing(callee: unknown, number: number): void {
    const error = this.#thrown
    const isRefused = refused !== undefined && refused === error
    refused = undefined
    if (number === 0 || isRefused || !isRtfsError(error)) return
    const known = this.#siteAt(number - 1)?.callee ?? ''
    if (known !== '') this.#note(error, known, number - 1)
    else if (callee instanceof CompiledClosure) this.#note(error, nameOf(callee), number - 1)
  }

  #note(error: RtfsError, fn: string, siteNumber: number): void {
    if (error.stackFrames.length >= maxStackFrames) return
    const site = this.#siteAt(siteNumber)
    const position =
      site === undefined ? undefined : this.frames.find(site.frame)?.positionAt(site.span.start)
    error.stackFrames.push({ fn, line: position?.line, column: position?.column })
  }

  /** Throws the error of a raise site. */
  raise(site: number, fuel: number): never {
    const raise = this.#raises.get(site)
    try {
      this.#settleAt(fuel - (raise?.pending ?? 0), site)
    } catch (exhausted) {
      throw this.failed(exhausted, site)
    }
    throw this.failed(raisedError(raise === undefined ? undefined : raiseReasons[raise.reason]), site)
  }

  /** The value of `@name`. */
  taskField(name: string): Value {
    if (!(this.taskContext instanceof RtfsMap)) throw genericError('No task context available')
    const value = this.taskContext.get(keyword(name))
    return value === undefined ? (this.taskContext.get(name) ?? null) : value
  }

  // Calls

  /** Where in the table the code for a call is; below zero for what only the host can call. */
  target(callee: unknown, count: number): number {
    if (!(callee instanceof CompiledClosure) || callee.owner !== this) return -1
    const { code } = callee
    if (code.asks !== 0) return -1
    if (!code.hasRest) return code.arity === count ? code.entry : -1
    for (const [accepted, entry] of code.adapters) if (accepted === count) return entry
    return -1
  }

  /** A call that library functions make: charged here, reported at the call of the library function. */
  invokerAt(site: number): Invoke {
    return (fn, args) => {
      const { meter } = this
      if (--meter.fuel < meter.watermark) meter.settle()
      if (!(fn instanceof CompiledClosure)) return this.callValue(fn, args, site)
      try {
        return this.callValue(fn, args, site)
      } catch (error) {
        if (refused === undefined || refused !== error) {
          this.locate(error, site)
          if (isRtfsError(error)) this.#note(error, nameOf(fn), site)
        }
        refused = undefined
        throw error
      }
    }
  }

  /** A call that code makes of what it has no code for: at its site, at the depths in its cells. */
  apply(fn: Value, args: readonly Value[]): Value {
    const isTail = this.#isTailCall
    this.takeDepth()
    if (!(fn instanceof CompiledClosure)) return this.callValue(fn, args, this.site)
    try {
      return this.callValue(fn, args, this.site, this.cells[innerCell]!)
    } catch (error) {
      if (isTail) refused = undefined
      throw error
    }
  }

  /**
   * Calls any value; the call is charged already. The meter is up to date before and after. `inner` is the depth of
   * a closure that is called.
   */
  callValue(fn: Value, args: readonly Value[], site: number, inner = this.meter.depth - 1): Value {
    if (fn instanceof CompiledClosure && fn.owner === this) return this.#callClosure(fn, args, site, inner)
    if (fn instanceof Keyword) return callKeyword(fn, args)
    if (fn instanceof BuiltinFunction) {
      const { arity, implementation } = fn.definition
      if (implementation.kind === 'plain') return callPlain(fn, args, this)
      checkArity(fn.name, arity, args.length)
      return this.#runSteps(implementation, args, site)
    }
    if (fn instanceof DerivedFunction) {
      if (fn.implementation.kind === 'plain') return callPlain(fn, args, this)
      checkArity(fn.name ?? 'function', fn.arity, args.length)
      return this.#runSteps(fn.implementation, args, site)
    }
    if (!(fn instanceof RtfsFunction)) throw notCallable(shortText(fn), typeName(fn))
    const result = this.#callForeign(fn, args, inner)
    // An error that was caught over there is none of this code.
    this.#thrown = undefined
    return result
  }

  #callForeign(fn: RtfsFunction, args: readonly Value[], inner: number): Value {
    if (fn instanceof CompiledClosure) return fn.owner.callFromOutside(fn, args, this.context, inner)
    if (fn instanceof HostFunction) return callHostFunction(fn, args)
    return this.context.invoke(fn, args)
  }

  #runSteps(
    implementation: Implementation & { readonly kind: 'steps' },
    args: readonly Value[],
    site: number,
  ): Value {
    return runSteps(implementation, args, this, this.invokerAt(site))
  }

  #callClosure(closure: CompiledClosure, args: readonly Value[], site: number, inner: number): Value {
    const answer = this.#mayEnter(closure, args, inner)
    if (answer !== undefined) return answer
    const { meter } = this
    const { depth } = meter
    this.site = site
    const result = this.#enterClosure(closure, args, inner)
    this.returned()
    meter.depth = depth
    return result
  }

  /** What comes before a call is made; the answer, when somebody else has one. */
  #mayEnter({ code }: CompiledClosure, args: readonly Value[], inner: number): Value | undefined {
    try {
      checkClosureArity(code, args.length)
      if (code.asks !== 0) {
        const answer = this.frames.find(code.asks - 1)?.delegate(code.source, args)
        if (answer !== undefined) return answer
      }
      if (inner < 0) throw stackOverflow(this.meter.limits.depth)
      return undefined
    } catch (error) {
      refused = error
      throw error
    }
  }

  #enterClosure(closure: CompiledClosure, args: readonly Value[], depth: number): Value {
    const { code } = closure
    const { fuel } = this
    if (code.hasRest) {
      const rest = RtfsList.from(args.slice(code.arity))
      return this.#enter.get(code.arity + 1)!(
        fuel,
        depth,
        code.entry,
        closure,
        ...args.slice(0, code.arity),
        rest,
      )
    }
    const enter = this.#enter.get(code.arity)!
    switch (code.arity) {
      case 0:
        return enter(fuel, depth, code.entry, closure)
      case 1:
        return enter(fuel, depth, code.entry, closure, args[0]!)
      case 2:
        return enter(fuel, depth, code.entry, closure, args[0]!, args[1]!)
      default:
        return enter(fuel, depth, code.entry, closure, ...args)
    }
  }

  /** Runs the body of a test as part of the run of its unit. */
  runTest(body: Value): Value {
    if (!(body instanceof CompiledClosure)) throw internalError('a test is no function')
    const outer = this.enter(this.context)
    const { meter } = this
    const { depth } = meter
    try {
      this.site = -1
      const result = this.#enterClosure(body, [], depth)
      this.returned()
      return result
    } catch (error) {
      throw this.outside(error)
    } finally {
      meter.depth = depth
      this.leave(outer)
    }
  }

  /** A call that the embedding program makes, in the run that is going on. */
  callFromHost(closure: CompiledClosure, args: readonly Value[]): Value {
    try {
      return this.callFromOutside(closure, args, undefined)
    } catch (error) {
      const position = this.frames.find(0)?.positionAt(0)
      if (refused !== error && isRtfsError(error) && error.stackFrames.length < maxStackFrames) {
        error.stackFrames.push({ fn: nameOf(closure), line: position?.line, column: position?.column })
      }
      refused = undefined
      throw error
    }
  }

  /** A call of a closure from outside of compiled code; it is charged already. */
  callFromOutside(
    closure: CompiledClosure,
    args: readonly Value[],
    context: ExecutionContext | undefined,
    inner?: number,
  ): Value {
    const outer = this.enter(context ?? this.context)
    const { meter } = this
    const { depth } = meter
    try {
      return this.#callClosure(closure, args, -1, inner ?? depth - 1)
    } catch (error) {
      meter.depth = depth
      throw this.outside(error)
    } finally {
      this.leave(outer)
    }
  }
}

/** The name of a closure in call stacks. */
function nameOf({ code }: CompiledClosure): string {
  return code.name === '' ? 'fn' : code.name
}

/** Runs a library function that calls back, by its direct way where it has one. */
export function runSteps(
  implementation: Implementation & { readonly kind: 'steps' },
  args: readonly Value[],
  context: LibraryContext,
  invoke: Invoke,
): Value {
  if (implementation.direct !== undefined) return implementation.direct(args, context, invoke)
  return drive(implementation.steps(args, context), invoke)
}

/** Raises ArityMismatch unless the function takes that many arguments. */
export function checkClosureArity(
  code: { readonly name: string; readonly arity: number; readonly hasRest: boolean },
  count: number,
): void {
  if (count === code.arity || (code.hasRest && count > code.arity)) return
  const expected = code.hasRest ? `at least ${code.arity}` : String(code.arity)
  throw arityMismatch(code.name === '' ? 'fn' : code.name, expected, count)
}

/** Calls a function of the embedding program; what it throws becomes an error of the language. */
function callHostFunction(fn: HostFunction, args: readonly Value[]): Value {
  try {
    return fn.call(args)
  } catch (error) {
    if (isRtfsError(error) || isSuspended(error) || isStackOverflow(error)) throw error
    throw hostFailure(error)
  }
}
