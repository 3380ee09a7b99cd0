import type { BytecodeExecutor, PreparedModule, PrepareOptions } from '@rtfs/interfaces'
import { abiVersion, targetId } from '../abi.js'
import { checkModule } from './policy.js'
import { ModuleSource, type PrebuiltModule } from './prebuilt.js'
import { WasmPreparedModule } from './prepared-module.js'

/** Options of `createWasmExecutor`. */
export interface WasmExecutorOptions {
  /** Modules that need not be compiled, by the digest of their bytes. Default: none. */
  readonly prebuilt?: readonly PrebuiltModule[]
}

/** Makes the executor of modules of this target. It keeps nothing: callers keep what `prepare` gives them. */
export function createWasmExecutor(options: WasmExecutorOptions = {}): BytecodeExecutor {
  const source = new ModuleSource(options.prebuilt ?? [])
  return {
    targetId,
    abiVersion,
    prepare(bytes: Uint8Array, { debug, ...declared }: PrepareOptions): PreparedModule {
      const checked = checkModule(bytes, declared)
      return new WasmPreparedModule(source.moduleOf(bytes, checked), checked, debug, bytes.length)
    },
  }
}
