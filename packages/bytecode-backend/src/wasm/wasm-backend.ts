import { unsupported } from '@rtfs/core'
import type { BytecodeBackend, CompiledModule, CompileOptions } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { abiVersion, targetId } from './abi.js'
import { compileUnit } from './codegen/compile-unit.js'
import { isStackOverflow } from './stack-overflow.js'

const id = 'rtfs-wasm'
const version = '1'

/** Makes the backend that compiles IR to WebAssembly modules. It keeps nothing between compilations. */
export function createWasmBackend(): BytecodeBackend<Unit> {
  return {
    targetId,
    abiVersion,
    id,
    version,
    supports: { linked: true },
    compile(unit: Unit, options?: CompileOptions): CompiledModule {
      try {
        return { targetId, abiVersion, backend: { id, version }, ...compileUnit(unit, options) }
      } catch (error) {
        // The generator walks the tree on the native stack.
        throw isStackOverflow(error) ? unsupported('wasm', 'a program nested this deeply') : error
      }
    },
  }
}
