import { createWasmExecutor } from '@rtfs/bytecode-backend'
import { RtfsError } from '@rtfs/core'
import type { BytecodeExecutor } from '@rtfs/interfaces'

/**
 * The executors of a worker: that of WebAssembly, and those that a module of the host's own adds by exporting
 * `createExecutors(): BytecodeExecutor[]`. `url` comes from the host, never from the code that runs.
 */
export async function loadExecutors(url: string | undefined): Promise<readonly BytecodeExecutor[]> {
  const own = [createWasmExecutor()]
  if (url === undefined) return own
  const { createExecutors } = (await import(url)) as { createExecutors?: () => readonly BytecodeExecutor[] }
  if (typeof createExecutors !== 'function') {
    throw new RtfsError('RTFS_USAGE', `${url} does not export createExecutors`)
  }
  return [...createExecutors(), ...own]
}
