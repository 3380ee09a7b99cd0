import {
  createByteCodeBackend,
  createByteCodeExecutor,
  createWasmBackend,
  createWasmExecutor,
} from '@rtfs/bytecode-backend'
import { RtfsError } from '@rtfs/core'
import type { BytecodeBackend, BytecodeExecutor, CompiledModule, PreparedModule } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { unitOfModule } from './module-unit.js'

/** How functions are compiled and run: a backend and the executor of the same target. */
export interface Bytecode {
  readonly backend: BytecodeBackend<Unit>
  readonly executor: BytecodeExecutor
}

/** Targets that functions are compiled for: WebAssembly, or byte code for places that have none. */
export type TargetName = 'wasm32' | 'rtfs-bc'

/** Compiler and executor of a target. Throws `RTFS_USAGE` for a name that is none. */
export function bytecodeOf(target: TargetName): Bytecode {
  switch (target) {
    case 'wasm32':
      return wasmBytecode()
    case 'rtfs-bc':
      return { backend: createByteCodeBackend(), executor: createByteCodeExecutor() }
    default:
      throw new RtfsError('RTFS_USAGE', `target is wasm32 or rtfs-bc, not ${String(target)}`)
  }
}

/** WebAssembly, the default target. */
export function wasmBytecode(): Bytecode {
  return { backend: createWasmBackend(), executor: createWasmExecutor() }
}

/** Compiles one function and what it refers to. Throws `UnsupportedError` naming the form the target does not cover. */
export function compileFunction(
  bytecode: Bytecode,
  unit: Unit,
  fn: { readonly name: string; readonly module: string | undefined },
): CompiledModule {
  return bytecode.backend.compile(unitOfModule(unit, fn.module), { exports: [fn.name], bundle: true })
}

/** Instantiates what was just compiled. */
export function prepareCompiled(bytecode: Bytecode, compiled: CompiledModule): PreparedModule {
  return bytecode.executor.prepare(compiled.bytes, {
    imports: compiled.imports,
    exports: compiled.exports.map(each => each.exportName),
    debug: compiled.debug,
  })
}
