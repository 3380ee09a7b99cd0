import type { BytecodeOptions } from '@rtfs/runtime'
import type { TargetName } from './targets.js'

let options: Promise<BytecodeOptions> | undefined

/** Compiler and executor of WebAssembly, loaded when they are first asked for. */
export function bytecode(): Promise<BytecodeOptions> {
  options ??= import('@rtfs/bytecode-backend').then(({ createWasmBackend, createWasmExecutor }) => ({
    backend: createWasmBackend(),
    executor: createWasmExecutor(),
  }))
  return options
}

/** Compiler and executor of a target. */
export async function bytecodeOf(target: TargetName): Promise<BytecodeOptions> {
  if (target === 'wasm32') return bytecode()
  const { createByteCodeBackend, createByteCodeExecutor } = await import('@rtfs/bytecode-backend')
  return { backend: createByteCodeBackend(), executor: createByteCodeExecutor() }
}
