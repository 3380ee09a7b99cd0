import { isRtfsError } from '@rtfs/core'
import type { Clock, Logger, RecordStore, RecordUse } from '@rtfs/interfaces'

/** Counts uses and writes them now and then: a warm call must not cost a write. */
export interface UseCounter {
  count(id: string, what: { readonly uses: number; readonly failures: number }): void
  flush(): Promise<void>
}

const flushAfterMs = 5000

interface PendingUse {
  readonly id: string
  uses: number
  failures: number
  lastUsedAt: number
}

export function createUseCounter(records: RecordStore, clock: Clock, logger: Logger): UseCounter {
  let pending = new Map<string, PendingUse>()
  let flushedAt = clock.monotonic()

  async function flush(): Promise<void> {
    if (pending.size === 0) return
    const batch: readonly RecordUse[] = [...pending.values()]
    pending = new Map()
    flushedAt = clock.monotonic()
    try {
      await records.touch(batch)
    } catch (cause) {
      // Counts are a convenience: losing some must not fail the call that was counted.
      logger.log('warn', 'l4.touch-failed', { code: isRtfsError(cause) ? cause.code : 'unexpected' })
    }
  }

  return {
    count(id, { uses, failures }) {
      let use = pending.get(id)
      if (use === undefined) pending.set(id, (use = { id, uses: 0, failures: 0, lastUsedAt: 0 }))
      use.uses += uses
      use.failures += failures
      use.lastUsedAt = clock.now()
      if (clock.monotonic() - flushedAt >= flushAfterMs) void flush()
    },
    flush,
  }
}
