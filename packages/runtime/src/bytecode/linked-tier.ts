import { isSuspended, type Value } from '@rtfs/core'
import type { BytecodeBackend, BytecodeExecutor, ExecutionContext, PreparedModule } from '@rtfs/interfaces'
import { forEachChild, lower, type Node, optimize, type Unit } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import { astTier } from '../ast/tier.js'
import { type UnitFrame, unfilled } from '../shared/environment.js'
import { callOutside } from '../shared/functions.js'
import type { Delegate, Services } from '../shared/services.js'
import type { Tier } from '../shared/tier.js'
import { formServices } from './execution-context.js'
import { type CompiledDefinition, LinkedFrame } from './linked-frame.js'
import type { BytecodeTierOptions } from './tier.js'

/** A unit ready to run. */
interface Compiled {
  readonly module: PreparedModule
  readonly definitions: ReadonlyMap<number, CompiledDefinition>
}

/**
 * Compiles units for a target that links them to the frames of the session: what one unit defines is there for the
 * next. Code takes the functions of its own unit as fixed; when a later unit defines one of them anew, or a unit
 * failed before it had defined them, the earlier units are compiled and run again with these names open (their
 * effects answer from the journal).
 */
export class LinkedTier implements Tier {
  readonly name = 'wasm'
  readonly #backend: BytecodeBackend<Unit>
  readonly #executor: BytecodeExecutor
  readonly #options: BytecodeTierOptions
  readonly #lowered = new WeakMap<Program, Unit>()
  /** A program is run again after every suspension. */
  #compiled = new WeakMap<Program, Compiled>()
  /** The units of the session that ran here. */
  readonly #units = new Set<Program>()
  readonly #open = new Set<string>()
  /** A unit failed: some of its functions may call others that were never defined. */
  #isStale = false

  /** What the delegate said of functions when their calls were compiled, and the epoch of its rules then. */
  readonly #concerns = new Map<string, boolean>()
  #ruleEpoch: number | undefined

  constructor(backend: BytecodeBackend<Unit>, executor: BytecodeExecutor, options: BytecodeTierOptions) {
    this.#backend = backend
    this.#executor = executor
    this.#options = options
  }

  run(program: Program, frame: UnitFrame, services: Services): Value {
    const { module, definitions } = this.#compile(program, frame, services)
    const { globals } = this.#lower(program, frame)
    for (const name of globals) frame.declare(name)
    if (frame.isEntry && globals.length > 0) this.#units.add(program)
    const unit = new LinkedFrame(frame, services, definitions)
    try {
      return module.run(linkedContext(services, unit))
    } catch (error) {
      if (!isSuspended(error) && frame.isEntry) this.#noteFailure(globals, frame)
      throw error
    }
  }

  #noteFailure(globals: readonly string[], frame: UnitFrame): void {
    for (const name of globals) {
      if (frame.find(name)?.value !== unfilled || this.#open.has(name)) continue
      this.#open.add(name)
      this.#isStale = true
    }
  }

  call(fn: Value, args: readonly Value[], services: Services, frame: UnitFrame): Value {
    return astTier.call(fn, args, services, frame)
  }

  outdated(program: Program, frame: UnitFrame): boolean {
    let outdated = this.#isStale
    this.#isStale = false
    for (const name of this.#lower(program, frame).globals) {
      if (this.#open.has(name)) continue
      for (const unit of this.#units) {
        if (unit === program || !this.#lower(unit, frame).globals.includes(name)) continue
        this.#open.add(name)
        outdated = true
      }
    }
    if (outdated) this.#compiled = new WeakMap()
    return outdated
  }

  rulesChanged({ delegate }: Services): boolean {
    if (delegate === undefined || delegate.ruleEpoch === this.#ruleEpoch) return false
    this.#ruleEpoch = delegate.ruleEpoch
    // Calls that were decided about once stay so: earlier units are run again with the decisions of their time.
    const changed = [...this.#concerns].some(([symbol, held]) => !held && delegate.concerns(symbol))
    if (!changed) return false
    this.#compiled = new WeakMap()
    return true
  }

  #concernsOf(delegate: Delegate, symbol: string): boolean {
    const concerns = this.#concerns.get(symbol) === true || delegate.concerns(symbol)
    this.#concerns.set(symbol, concerns)
    this.#ruleEpoch ??= delegate.ruleEpoch
    return concerns
  }

  #lower(program: Program, frame: UnitFrame): Unit {
    let unit = this.#lowered.get(program)
    if (unit === undefined) {
      // Names of earlier units hide those of the library.
      const knownGlobals = new Set([...frame.names(), ...frame.imported.keys()])
      unit = lower(program, { knownGlobals }).unit
      this.#lowered.set(program, unit)
    }
    return unit
  }

  #compile(program: Program, frame: UnitFrame, services: Services): Compiled {
    let compiled = this.#compiled.get(program)
    if (compiled === undefined) {
      compiled = this.#prepare(this.#lower(program, frame), services)
      this.#compiled.set(program, compiled)
    }
    return compiled
  }

  #prepare(lowered: Unit, services: Services): Compiled {
    const { optimize: level = 'none' } = this.#options
    const unit = level === 'none' ? lowered : optimize(lowered, level)
    const { delegate } = services
    const { bytes, imports, exports, debug } = this.#backend.compile(unit, {
      program: true,
      linked: true,
      open: [...this.#open],
      delegates: (symbol, isGlobal, hasHint) =>
        delegate !== undefined && (hasHint || (isGlobal && this.#concernsOf(delegate, symbol))),
    })
    const exportNames = exports.map(each => each.exportName)
    const module = this.#executor.prepare(bytes, { imports, exports: exportNames, debug })
    return { module, definitions: definitionsOf(unit) }
  }
}

/** What compiled code gets from whichever attempt is running. */
function linkedContext(services: Services, unit: LinkedFrame): ExecutionContext {
  return {
    // The code of a unit runs in later attempts, too, when its functions are called.
    get meter() {
      return services.meter
    },
    get taskContext() {
      return services.taskContext
    },
    perform: (capability, args) => services.perform(capability, args),
    invoke: (fn, args) => callOutside(fn, args, services),
    forms: formServices(services, unit.frame),
    unit,
  }
}

/** Functions by the ids of their nodes. */
function definitionsOf(unit: Unit): ReadonlyMap<number, CompiledDefinition> {
  const definitions = new Map<number, CompiledDefinition>()
  const visit = (node: Node): void => {
    if (node.kind === 'lambda' && !definitions.has(node.id)) {
      definitions.set(node.id, { node, isGlobal: undefined })
    } else if (node.kind === 'def') {
      const init = node.init.kind === 'cast' ? node.init.value : node.init
      if (init.kind === 'lambda') {
        const isGlobal = init.name === undefined ? undefined : node.variable === undefined
        definitions.set(init.id, { node: init, isGlobal })
      }
    }
    forEachChild(node, visit)
  }
  unit.forms.forEach(visit)
  return definitions
}
