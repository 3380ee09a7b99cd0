import { RtfsError, type Value } from '@rtfs/core'
import type { ExecutionContext, PreparedModule } from '@rtfs/interfaces'
import { type Code, callExport, type Exported, runTopLevel } from './export-calls.js'
import { instantiate } from './instantiate.js'
import type { CheckedModule } from './policy.js'
import type { Running } from './running.js'

/** An instance with the functions it exports. */
export interface Instance {
  readonly running: Running
  readonly exports: ReadonlyMap<string, Exported>
  readonly init: Code | undefined
}

/** A module that was checked. It has one instance, and further ones while that one is busy with another run. */
export class WasmPreparedModule implements PreparedModule {
  readonly sizeBytes: number
  readonly #module: WebAssembly.Module
  readonly #checked: CheckedModule
  readonly #debug: Uint8Array | undefined
  readonly #instance: Instance

  constructor(
    module: WebAssembly.Module,
    checked: CheckedModule,
    debug: Uint8Array | undefined,
    bytes: number,
  ) {
    this.#module = module
    this.#checked = checked
    this.#debug = debug
    // Machine code takes a few times the room of the bytes; an instance has a page of memory.
    this.sizeBytes = 4 * bytes + 65_536
    this.#instance = this.#instantiate()
  }

  call(exportName: string, args: readonly Value[], context: ExecutionContext): Value {
    const { running, exports, init } = this.#instanceFor(context)
    const exported = exports.get(exportName)
    if (exported === undefined) throw new RtfsError('RTFS_USAGE', `the module does not export ${exportName}`)
    const outer = running.enter(context)
    const { meter } = running
    const { depth } = meter
    try {
      if (init !== undefined && running.initialised !== meter) {
        running.initialised = meter
        runTopLevel(running, init)
      }
      return callExport(running, exported, args)
    } catch (error) {
      throw running.outside(error)
    } finally {
      meter.depth = depth
      running.leave(outer)
    }
  }

  run(context: ExecutionContext): Value {
    const { running, init } = this.#instanceFor(context)
    if (init === undefined) throw new RtfsError('RTFS_USAGE', 'the module is no program')
    const outer = running.enter(context)
    const { meter } = running
    const { depth } = meter
    try {
      running.initialised = meter
      running.frames.begin(context.unit)
      return runTopLevel(running, init)
    } catch (error) {
      throw running.outside(error)
    } finally {
      meter.depth = depth
      running.leave(outer)
    }
  }

  /** The instance, or a new one when it works for another run, whose globals must not be touched. */
  #instanceFor(context: ExecutionContext): Instance {
    const { running } = this.#instance
    if (running.active === 0 || running.meter === context.meter || !this.#checked.metadata.hasInit)
      return this.#instance
    return this.#instantiate()
  }

  #instantiate(): Instance {
    return instantiate(this.#module, this.#checked, this.#debug)
  }
}
