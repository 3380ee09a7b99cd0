import type { BytecodeExecutor, PreparedModule, PrepareOptions } from '@rtfs/interfaces'
import { abiVersion, targetId } from '../abi.js'
import { checkModule, rejected } from './policy.js'
import { WasmPreparedModule } from './prepared-module.js'

/** Makes the executor of modules of this target. It keeps nothing: callers keep what `prepare` gives them. */
export function createWasmExecutor(): BytecodeExecutor {
  return {
    targetId,
    abiVersion,
    prepare(bytes: Uint8Array, options: PrepareOptions): PreparedModule {
      const checked = checkModule(bytes, options)
      let module: WebAssembly.Module
      try {
        // The very bytes that were checked.
        module = new WebAssembly.Module(bytes as BufferSource)
      } catch (cause) {
        throw rejected('the engine does not accept it', cause)
      }
      return new WasmPreparedModule(module, checked, options.debug, bytes.length)
    },
  }
}
