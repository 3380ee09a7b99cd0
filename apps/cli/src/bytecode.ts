import type { BytecodeOptions } from '@rtfs/runtime'

let options: Promise<BytecodeOptions> | undefined

/** Compiler and executor of WebAssembly, loaded when they are first asked for. */
export function bytecode(): Promise<BytecodeOptions> {
  options ??= import('@rtfs/bytecode-backend').then(({ createWasmBackend, createWasmExecutor }) => ({
    backend: createWasmBackend(),
    executor: createWasmExecutor(),
  }))
  return options
}

/** Compiler and executor of `rtfs-bc`. */
export async function byteCode(): Promise<BytecodeOptions> {
  const { createByteCodeBackend, createByteCodeExecutor } = await import('@rtfs/bytecode-backend')
  return { backend: createByteCodeBackend(), executor: createByteCodeExecutor() }
}
