import { isRtfsError } from '@rtfs/core'
import type { BytecodeBackend, CompiledModule } from '@rtfs/interfaces'
import { lower, type Unit } from '@rtfs/ir'
import type { ModuleFile } from './module-files.js'
import type { ModuleMetadata } from './registry.js'

/** A module that was loaded from a file and ran: what a cache may keep of it. */
export interface LoadedSource {
  readonly metadata: ModuleMetadata
  readonly text: string
  /** Its IR, as lowered. */
  readonly unit: Unit
  /** `undefined` when the backend does not cover the module. */
  readonly compiled: CompiledModule | undefined
}

/** Keeps modules. It may take its time: loading does not wait for it. */
export interface ModuleCache {
  publish(module: LoadedSource): void | Promise<void>
  /** Told when compiling or publishing fails; the module is loaded all the same. */
  onFault?(module: ModuleMetadata, error: unknown): void
}

/** Compiles loaded modules and hands them to a cache. */
export class CompiledModules {
  backend: BytecodeBackend<Unit> | undefined
  cache: ModuleCache | undefined
  readonly #seen = new WeakSet<ModuleFile>()

  /** Once for each text, and only when there are both: somebody who compiles and somewhere to keep it. */
  loaded(file: ModuleFile, metadata: ModuleMetadata): void {
    const { cache, backend } = this
    if (cache === undefined || backend === undefined || this.#seen.has(file)) return
    this.#seen.add(file)
    const failed = (error: unknown) => cache.onFault?.(metadata, error)
    try {
      const { unit } = lower(file.program)
      const published = cache.publish({
        metadata,
        text: file.source.text,
        unit,
        compiled: this.#compile(unit),
      })
      if (published !== undefined) published.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  #compile(unit: Unit): CompiledModule | undefined {
    try {
      return this.backend?.compile(unit)
    } catch (error) {
      if (isRtfsError(error, 'UnsupportedError')) return undefined
      throw error
    }
  }
}
