import { existsSync } from 'node:fs'
import { createRtfs, defaultDirectory, type FunctionInfo } from '@rtfs/sdk'
import type { CachedInL4 } from './hover.js'

/** Asks the embedded module cache for the same code. Without a cache on this machine nothing is opened or made. */
export function createCachedInL4(dir = defaultDirectory()): CachedInL4 {
  let rtfs: ReturnType<typeof createRtfs> | undefined
  return async ({ signature, codeHash, effects }: FunctionInfo) => {
    if (codeHash === undefined || !existsSync(dir)) return undefined
    rtfs ??= createRtfs({ dir })
    try {
      const answer = await rtfs.find({ signature, codeHash, modes: ['same-code'], grants: effects })
      return answer.hit !== undefined
    } catch {
      // A cache that cannot be read is told by `rtfs doctor`; hovering still works.
      return undefined
    }
  }
}
