import { RtfsError } from '@rtfs/core'
import type { BytecodeExecutor, PreparedModule } from '@rtfs/interfaces'
import type { Request } from './protocol.js'

/** Prepared modules by key, the least recently used forgotten first. */
export class PreparedCache {
  readonly #executors: readonly BytecodeExecutor[]
  readonly #modules = new Map<string, PreparedModule>()
  readonly #size: number

  constructor(executors: readonly BytecodeExecutor[], size = 64) {
    this.#executors = executors
    this.#size = size
  }

  /** The module of a request, prepared when its bytes came along; `undefined` when they are needed. */
  find(
    request: Pick<Request, 'key' | 'targetId' | 'bytes' | 'imports' | 'exports' | 'debug'>,
  ): PreparedModule | undefined {
    const known = this.#modules.get(request.key)
    if (known !== undefined) {
      this.#modules.delete(request.key)
      this.#modules.set(request.key, known)
      return known
    }
    const { bytes, imports, exports, debug, targetId } = request
    if (bytes === undefined) return undefined
    const executor = this.#executors.find(each => each.targetId === targetId)
    if (executor === undefined) {
      const known = this.#executors.map(each => each.targetId).join(', ')
      throw new RtfsError('RTFS_NOT_SUPPORTED', `no executor for target ${targetId}; there are ${known}`)
    }
    const module = executor.prepare(bytes, { imports, exports, ...(debug === undefined ? {} : { debug }) })
    this.#modules.set(request.key, module)
    for (const oldest of this.#modules.keys()) {
      if (this.#modules.size <= this.#size) break
      this.#modules.delete(oldest)
    }
    return module
  }
}
