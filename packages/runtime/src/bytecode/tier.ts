import { type Meter, type Span, unsupported, type Value } from '@rtfs/core'
import type { BytecodeBackend, BytecodeExecutor, PreparedModule } from '@rtfs/interfaces'
import { forEachChild, lower, type Node, type OptimizeLevel, optimize, type Unit } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import { astTier } from '../ast/tier.js'
import { type UnitFrame, unfilled } from '../shared/environment.js'
import { TierFunction } from '../shared/functions.js'
import { findLibrary } from '../shared/names.js'
import type { Services } from '../shared/services.js'
import type { Tier } from '../shared/tier.js'
import { callExport, executionContext } from './execution-context.js'
import { LinkedTier } from './linked-tier.js'
import { isPure } from './purity.js'

/** Options of `createBytecodeTier`. */
export interface BytecodeTierOptions {
  /** Passes that run over the IR before it is compiled. Default `none`. */
  readonly optimize?: OptimizeLevel | 'none'
  /** False where the host may offer free names: programs that have some are then not covered. Default true. */
  readonly closed?: boolean
}

/** What the WebAssembly tier is made of, as an option of `createRuntime`. */
export interface BytecodeOptions extends Pick<BytecodeTierOptions, 'optimize'> {
  /** Compiles the IR of programs. */
  readonly backend: BytecodeBackend<Unit>
  /** Runs what the backend compiled. */
  readonly executor: BytecodeExecutor
}

/**
 * Makes the tier that compiles programs for one target. Forms that the backend does not cover are an UnsupportedError;
 * so are programs that build on earlier ones, unless it supports `linked`. Hand it to `createRuntime` as
 * `tiers: [() => createBytecodeTier(backend, executor)]`.
 */
export function createBytecodeTier(
  backend: BytecodeBackend<Unit>,
  executor: BytecodeExecutor,
  options: BytecodeTierOptions = {},
): Tier {
  return backend.supports?.linked === true
    ? new LinkedTier(backend, executor, options)
    : new BytecodeTier(backend, executor, options)
}

/** A program ready to run. */
interface Compiled {
  readonly module: PreparedModule
  /** Functions by name, with the name of their export. */
  readonly exports: ReadonlyMap<string, string>
  /** True when running it again has no effects. */
  readonly pure: boolean
}

class BytecodeTier implements Tier {
  readonly name = 'wasm'
  readonly #backend: BytecodeBackend<Unit>
  readonly #executor: BytecodeExecutor
  readonly #options: BytecodeTierOptions
  /** A program is run again after every suspension. */
  readonly #compiled = new WeakMap<Program, Compiled>()

  constructor(backend: BytecodeBackend<Unit>, executor: BytecodeExecutor, options: BytecodeTierOptions) {
    this.#backend = backend
    this.#executor = executor
    this.#options = options
  }

  run(program: Program, frame: UnitFrame, services: Services): Value {
    if (buildsOnOthers(program, frame)) throw this.#unsupported('a program that builds on an earlier one')
    const { module, exports, pure } = this.#compile(program)
    const value = module.run(executionContext(services, frame))
    const onlyIn = pure ? undefined : services.meter
    for (const [name, exportName] of exports) {
      frame.declare(name).value = new CompiledFunction(name, exportName, module, onlyIn, frame)
    }
    return value
  }

  call(fn: Value, args: readonly Value[], services: Services, frame: UnitFrame): Value {
    return astTier.call(fn, args, services, frame)
  }

  #compile(program: Program): Compiled {
    let compiled = this.#compiled.get(program)
    if (compiled === undefined) this.#compiled.set(program, (compiled = this.#prepare(program)))
    return compiled
  }

  #prepare(program: Program): Compiled {
    const { optimize: level = 'none', closed = true } = this.#options
    const lowered = lower(program).unit
    this.#refuseRuntimeLibrary(lowered.forms)
    const unit = level === 'none' ? lowered : optimize(lowered, level)
    const { bytes, imports, exports, debug } = this.#backend.compile(unit, { program: true, closed })
    const exportNames = exports.map(each => each.exportName)
    const module = this.#executor.prepare(bytes, { imports, exports: exportNames, debug })
    const names = new Map(exports.map(each => [each.name, each.exportName]))
    return { module, exports: names, pure: isPure(lowered) }
  }

  /** Functions that the runtime adds to the library are not known to backends, which would call them undefined. */
  #refuseRuntimeLibrary(nodes: readonly Node[]): void {
    const visit = (node: Node): void => {
      if (node.kind === 'ref' && node.scope === 'dynamic' && findLibrary(node.name) !== undefined) {
        throw this.#unsupported(node.name, node.span)
      }
      forEachChild(node, visit)
    }
    nodes.forEach(visit)
  }

  #unsupported(form: string, span?: Span): Error {
    return unsupported(this.#backend.targetId, form, span)
  }
}

/** True when the frame holds what another program defined. Names that are empty are what an earlier attempt left. */
function buildsOnOthers(program: Program, frame: UnitFrame): boolean {
  for (const other of frame.programs) if (other !== program) return true
  for (const name of frame.names()) if (frame.find(name)?.value !== unfilled) return true
  return frame.imported.size > 0 || frame.modules.size > 0
}

/** A function that a compiled program defines. */
class CompiledFunction extends TierFunction {
  readonly name: string
  readonly #exportName: string
  readonly #module: PreparedModule
  /** The account of the only attempt it is good for: the top level has effects, and another run would repeat them. */
  readonly #onlyIn: Meter | undefined
  readonly #frame: UnitFrame

  constructor(
    name: string,
    exportName: string,
    module: PreparedModule,
    onlyIn: Meter | undefined,
    frame: UnitFrame,
  ) {
    super()
    this.name = name
    this.#exportName = exportName
    this.#module = module
    this.#onlyIn = onlyIn
    this.#frame = frame
  }

  call(args: readonly Value[], services: Services): Value {
    if (this.#onlyIn !== undefined && this.#onlyIn !== services.meter) {
      throw unsupported('wasm', 'a call of a function of an earlier run whose program has effects')
    }
    return callExport(this.#module, this.#exportName, args, executionContext(services, this.#frame))
  }
}
