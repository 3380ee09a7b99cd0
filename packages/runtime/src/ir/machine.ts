import {
  arityMismatch,
  HostFunction,
  isRtfsError,
  Keyword,
  type Meter,
  notCallable,
  stackOverflow,
  typeName,
  type Value,
} from '@rtfs/core'
import {
  BuiltinFunction,
  callKeyword,
  callPlain,
  checkArity,
  DerivedFunction,
  drive,
  type Implementation,
} from '@rtfs/stdlib'
import { withoutImplementation } from '../shared/declarations.js'
import { TierFunction } from '../shared/functions.js'
import { callHostFunction } from '../shared/host-function.js'
import type { DelegatedFunction, Place, Services } from '../shared/services.js'
import { noteFrame } from '../shared/stack-frames.js'
import { shortText } from '../shared/throwing.js'
import { IrClosure } from './closure.js'
import type { Frame, FunctionCode } from './code.js'
import { declarationOf } from './delegated.js'
import { type KernelPolicy, kernelPolicy } from './kernel/options.js'
import { locateAt, placed } from './placed.js'
import { SiteCalls } from './prepared-calls.js'
import { recurring, tailCall } from './signals.js'

/**
 * How compiled closures run: their account, the pending tail call, the ways to call things. Compiled code keeps its
 * machine, so all units whose functions call one another share one; `begin` gives it the services of the next attempt.
 */
export class Machine {
  /** What forms that reach outside ask, and what library functions get. */
  services: Services
  /** The account of the attempt; the same object as `services.meter`. */
  meter: Meter
  /** How hot loops and functions over numbers run. */
  readonly kernels: KernelPolicy
  /** The call that a `tailCall` signal asks for. */
  tailCode: FunctionCode | undefined
  tailFrame: Frame | undefined
  /** Functions whose calls may come to be answered elsewhere, and the epoch of the delegate they were compiled for. */
  #watched: WeakRef<FunctionCode>[] = []
  #alive = 0
  #epoch: number

  constructor(services: Services, kernels: KernelPolicy = kernelPolicy()) {
    this.kernels = kernels
    this.services = services
    this.meter = services.meter
    this.tailCode = undefined
    this.tailFrame = undefined
    this.#epoch = services.delegate?.epoch ?? 0
  }

  /** Whether calls of a function have to be decided about. The others cost nothing. */
  concerns(fn: DelegatedFunction | undefined): boolean {
    const { delegate } = this.services
    if (delegate === undefined || fn === undefined) return false
    return fn.declaration.hint !== undefined || (fn.isGlobal && delegate.concerns(fn.symbol))
  }

  /** Notes a function that the delegate may come to be concerned with when its rules change. */
  watch(code: FunctionCode): void {
    if (this.services.delegate === undefined || code.delegated?.isGlobal !== true) return
    if (this.#watched.length > 1000 + 2 * this.#alive) this.#prune()
    this.#watched.push(new WeakRef(code))
  }

  #prune(): void {
    this.#watched = this.#watched.filter(reference => reference.deref() !== undefined)
    this.#alive = this.#watched.length
  }

  /** Rules have changed since functions were compiled: those that are concerned otherwise now are compiled again. */
  #followRules(epoch: number): void {
    this.#epoch = epoch
    this.#prune()
    for (const reference of this.#watched) {
      const code = reference.deref()
      if (code === undefined) continue
      const delegates = this.concerns(code.delegated)
      if (delegates === code.delegates) continue
      code.delegates = delegates
      code.recompile()
    }
  }

  /** Starts an attempt. */
  begin(services: Services): void {
    this.services = services
    this.meter = services.meter
    const epoch = services.delegate?.epoch ?? 0
    if (epoch !== this.#epoch) this.#followRules(epoch)
  }

  /** Runs a function body to its value, making tail calls as they come. The caller entered the depth. */
  run(code: FunctionCode, frame: Frame): Value {
    let running = code
    let locals = frame
    for (;;) {
      const result = running.body(locals)
      if (result === tailCall) {
        running = this.tailCode!
        locals = this.tailFrame!
      } else if (result !== recurring) {
        // After `recurring` the slots hold the next round of the same function.
        return running.checkReturn === undefined ? result : running.checkReturn(result)
      }
    }
  }

  /** Calls any callable value with evaluated arguments; never a tail call. */
  call(fn: Value, args: readonly Value[], site: Place): Value {
    this.charge(site)
    return fn instanceof IrClosure ? this.callClosure(fn, args, site) : this.callOther(fn, args, site)
  }

  /** The charge of a call. */
  charge(site: Place): void {
    const meter = this.meter
    if (--meter.fuel < meter.watermark) this.settle(site)
  }

  /** The slow half of a charge: the watermark is passed. */
  settle(site: Place): void {
    placed(site, () => this.meter.settle())
  }

  /** Calls a closure; the call is charged already. */
  callClosure(closure: IrClosure, args: readonly Value[], site: Place): Value {
    const { code } = closure
    if (code.direct && args.length === code.arity) {
      return this.enter(code, this.bind(closure, args, site), site)
    }
    const answer = this.prepare(closure, args, site)
    if (answer !== undefined) return answer
    const meter = this.meter
    if (meter.depth <= 0) this.overflow(site)
    meter.depth--
    try {
      const result = this.run(code, this.bind(closure, args, site))
      meter.depth++
      return result
    } catch (error) {
      meter.depth++
      // Where the native stack has just ended, there is no room for calls.
      throw error instanceof RangeError ? error : this.passing(error, code, site)
    }
  }

  /** What comes before a call's frame: arity, then whoever else may answer; the answer, if there is one. */
  prepare(closure: IrClosure, args: readonly Value[], site: Place): Value | undefined {
    const { code } = closure
    if (args.length !== code.arity && !(code.hasRest && args.length > code.arity)) {
      throw locateAt(arityMismatch(code.name, closureArity(code), args.length), site)
    }
    if (code.delegates && code.delegated !== undefined) {
      const { delegated } = code
      const answer = placed(site, () => this.services.delegate?.call(delegated, args))
      if (answer !== undefined) return answer
    }
    if (code.node.body.length === 0 && code.node.hint !== undefined) {
      const symbol = code.delegated?.symbol ?? code.name
      throw locateAt(withoutImplementation(symbol, declarationOf(code.node)), site)
    }
    return undefined
  }

  /** The frame of a call with its arguments bound: annotations checked, patterns taken apart. */
  bind(closure: IrClosure, args: readonly Value[], site: Place): Frame {
    const { code } = closure
    const frame = code.makeFrame(closure.captures)
    if (code.simple) for (let i = 0; i < args.length; i++) frame[i + 1] = args[i]!
    else code.bind(frame, args, site)
    return frame
  }

  /** Runs a complete frame one level deeper. */
  enter(code: FunctionCode, frame: Frame, site: Place): Value {
    const meter = this.meter
    if (meter.depth <= 0) this.overflow(site)
    meter.depth--
    try {
      const result = this.run(code, frame)
      meter.depth++
      return result
    } catch (error) {
      meter.depth++
      // Where the native stack has just ended, there is no room for calls.
      throw error instanceof RangeError ? error : this.passing(error, code, site)
    }
  }

  /** Notes the function in the call stack of an error that passes. */
  passing(error: unknown, code: FunctionCode, site: Place): unknown {
    if (isRtfsError(error)) noteFrame(error, code.node.name, site.span, site.unit)
    return error
  }

  /** Throws the StackOverflow of the depth limit. */
  overflow(site: Place): never {
    throw locateAt(stackOverflow(this.meter.limits.depth), site)
  }

  /** Calls what is not a closure of this tier; the call is charged already. Errors get the place of the call. */
  callOther(fn: Value, args: readonly Value[], site: Place): Value {
    try {
      if (fn instanceof BuiltinFunction) {
        if (fn.definition.implementation.kind === 'plain') return callPlain(fn, args, this.services)
        checkArity(fn.name, fn.definition.arity, args.length)
        return this.#perform(fn.definition.implementation, args, site)
      }
      if (fn instanceof Keyword) return callKeyword(fn, args)
      if (fn instanceof DerivedFunction) {
        checkArity(fn.name ?? 'function', fn.arity, args.length)
        return this.#perform(fn.implementation, args, site)
      }
      if (fn instanceof TierFunction) return fn.call(args, this.services, site.span)
      if (fn instanceof HostFunction) return callHostFunction(fn, args)
      throw notCallable(shortText(fn), typeName(fn))
    } catch (error) {
      throw locateAt(error, site)
    }
  }

  /** Runs a library implementation whose arity was checked. */
  #perform(implementation: Implementation, args: readonly Value[], site: Place): Value {
    if (implementation.kind === 'plain') return implementation.call(args, this.services)
    const invoke = (fn: Value, callArgs: readonly Value[]): Value => this.call(fn, callArgs, site)
    if (implementation.direct !== undefined) {
      return implementation.direct(args, this.services, invoke, new SiteCalls(this, site))
    }
    return drive(implementation.steps(args, this.services), invoke)
  }
}

/** `"2"` or `"at least 1"`. */
function closureArity(code: FunctionCode): string {
  return code.hasRest ? `at least ${code.arity}` : String(code.arity)
}
