import { isRtfsError } from '@rtfs/core'
import type { Clock, Logger, RecordStore, RecordUse } from '@rtfs/interfaces'

/** Counts uses and writes them now and then: a warm call must not cost a write. */
export interface UseCounter {
  count(id: string, what: { readonly uses: number; readonly failures: number }): void
  flush(): Promise<void>
}

const flushAfterUses = 256
const flushAfterMs = 5000

export function createUseCounter(records: RecordStore, clock: Clock, logger: Logger): UseCounter {
  let pending = new Map<string, RecordUse>()
  let uses = 0
  let flushedAt = clock.monotonic()

  async function flush(): Promise<void> {
    if (pending.size === 0) return
    const batch = [...pending.values()]
    pending = new Map()
    uses = 0
    flushedAt = clock.monotonic()
    try {
      await records.touch(batch)
    } catch (cause) {
      // Counts are a convenience: losing some must not fail the call that was counted.
      logger.log('warn', 'l4.touch-failed', { code: isRtfsError(cause) ? cause.code : 'unexpected' })
    }
  }

  return {
    count(id, what) {
      const before = pending.get(id)
      pending.set(id, {
        id,
        uses: (before?.uses ?? 0) + what.uses,
        failures: (before?.failures ?? 0) + what.failures,
        lastUsedAt: clock.now(),
      })
      uses++
      if (uses >= flushAfterUses || clock.monotonic() - flushedAt >= flushAfterMs) void flush()
    },
    flush,
  }
}
