import { unsupported } from '@rtfs/core'
import type { BytecodeBackend, CompiledModule, CompileOptions } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { abiVersion, targetId } from './abi.js'
import { compileUnit } from './codegen/compile-unit.js'
import type { Splitting } from './codegen/module-emitter.js'
import { moduleLimits } from './module-limits.js'
import { isStackOverflow } from './stack-overflow.js'

const id = 'rtfs-wasm'
const version = '1'

/** Options of `createWasmBackend`. */
export interface WasmBackendOptions {
  /**
   * When a function is written in several parts. Default `large`: when loaders would refuse it. `always`: whatever can
   * be divided is, which is slow and serves to test just that.
   */
  readonly split?: 'large' | 'always'
}

const always: Splitting = {
  limits: { ...moduleLimits, bodyBytes: 40 },
  partSizes: [{ weight: 4, bytes: 30, locals: 4, blocks: 4 }],
}

/** Makes the backend that compiles IR to WebAssembly modules. It keeps nothing between compilations. */
export function createWasmBackend({ split = 'large' }: WasmBackendOptions = {}): BytecodeBackend<Unit> {
  const splitting = split === 'always' ? always : {}
  return {
    targetId,
    abiVersion,
    id,
    version,
    supports: { linked: true },
    compile(unit: Unit, options?: CompileOptions): CompiledModule {
      try {
        return { targetId, abiVersion, backend: { id, version }, ...compileUnit(unit, options, splitting) }
      } catch (error) {
        // The generator walks the tree on the native stack.
        throw isStackOverflow(error) ? unsupported('wasm', 'a program nested this deeply') : error
      }
    },
  }
}
