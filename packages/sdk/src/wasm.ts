import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import type { BytecodeBackend, BytecodeExecutor, CompiledModule, PreparedModule } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { unitOfModule } from './module-unit.js'

/** How functions are compiled and run: a backend and the executor of the same target. */
export interface Bytecode {
  readonly backend: BytecodeBackend<Unit>
  readonly executor: BytecodeExecutor
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
