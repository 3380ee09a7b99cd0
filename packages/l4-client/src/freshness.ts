import { isRtfsError } from '@rtfs/core'
import type { Clock, Logger, RecordStore, TrustStore } from '@rtfs/interfaces'
import { SingleFlight } from './bounded-map.js'

/**
 * Notices that records or trust have changed, by whichever process. What was learned under an earlier epoch is
 * forgotten through `onChange`.
 */
export interface Freshness {
  /** Counts up with every change that was noticed. */
  readonly epoch: number
  /** True when nobody has looked for longer than the interval, or the last look failed. */
  isStale(): boolean
  /** Looks now. Throws when a store cannot be asked: whoever relies on it then trusts nothing. */
  refresh(): Promise<void>
  /** Looks in the background; a failure is logged and leaves it stale. */
  refreshSoon(): void
}

export interface FreshnessOptions {
  readonly records: RecordStore
  readonly trust: TrustStore
  readonly clock: Clock
  readonly logger: Logger
  readonly intervalMs: number
  readonly onChange: () => void
}

export function createFreshness(options: FreshnessOptions): Freshness {
  const { records, trust, clock, logger, intervalMs, onChange } = options
  let epoch = 1
  let seen: string | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  const looking = new SingleFlight<void>()

  async function look(): Promise<void> {
    const startedAt = clock.monotonic()
    try {
      const [recordEpoch, trustEpoch] = await Promise.all([records.epoch(), trust.epoch()])
      const now = `${recordEpoch} ${trustEpoch}`
      if (now !== seen) {
        seen = now
        epoch++
        onChange()
      }
      lookedAt = startedAt
    } catch (cause) {
      // What is unknown is not trusted: forget, and look again next time.
      seen = undefined
      lookedAt = Number.NEGATIVE_INFINITY
      onChange()
      throw cause
    }
  }

  const freshness: Freshness = {
    get epoch() {
      if (freshness.isStale()) freshness.refreshSoon()
      return epoch
    },
    isStale: () => clock.monotonic() - lookedAt > intervalMs,
    refresh: look,
    refreshSoon() {
      looking.run('', look).catch(cause => {
        logger.log('error', 'l4.refresh-failed', { code: isRtfsError(cause) ? cause.code : 'unexpected' })
      })
    },
  }
  return freshness
}
