import type { AcceptMode, Clock, Logger, ModuleRecord, Verifier } from '@rtfs/interfaces'
import type { CheckContext, SignedEnvelope } from './check-record.js'
import { createVerifier } from './ed25519.js'
import { createExactIndex } from './exact-index.js'
import { createFreshness, type Freshness } from './freshness.js'
import type { Refusal } from './gates.js'
import { type Metrics, silentMetrics } from './metrics.js'
import { requireNamespace } from './names.js'
import type { L4CacheOptions } from './options.js'
import { createPartitions, type Partitions } from './partitions.js'
import { createQuarantine, type Quarantine } from './quarantine.js'
import { silentLogger, systemClock } from './system.js'
import { createUseCounter, type UseCounter } from './uses.js'

/** What happened since the cache was made. */
export interface Counters {
  queries: number
  hits: number
  misses: number
  coldLoads: number
  warmLoads: number
  refusedLoads: number
  published: number
  existing: number
}

/** What the parts of a cache share. */
export interface CacheCore<P> extends CheckContext {
  readonly options: L4CacheOptions<P>
  readonly clock: Clock
  readonly logger: Logger
  readonly signatures: Verifier
  readonly freshness: Freshness
  readonly quarantine: Quarantine
  readonly partitions: Partitions
  readonly uses: UseCounter
  readonly counters: Counters
  readonly metrics: Metrics
  /** Called when records or trust have changed. */
  readonly onChange: Set<() => void>
  /** Puts a damaged record aside; hands the refusal through. */
  refused(record: ModuleRecord, refusal: Refusal): Refusal
}

export const defaultAccept: AcceptMode = 'behaviour'

export function createCore<P>(options: L4CacheOptions<P>): CacheCore<P> {
  requireNamespace(options.namespace)
  const clock = options.clock ?? systemClock
  const logger = options.logger ?? silentLogger
  const { records, trust } = options
  const memo = new Map<string, SignedEnvelope>()
  const onChange = new Set<() => void>([() => memo.clear()])
  const quarantine = createQuarantine(clock, logger)
  return {
    options,
    clock,
    logger,
    trust,
    signatures: options.signatures ?? createVerifier(),
    memo,
    freshness: createFreshness({
      records,
      trust,
      clock,
      logger,
      intervalMs: options.refreshMs ?? 1000,
      onChange: () => {
        for (const listener of onChange) listener()
      },
    }),
    quarantine,
    partitions: createPartitions(records, options.index ?? createExactIndex, logger),
    uses: createUseCounter(records, clock, logger),
    counters: {
      queries: 0,
      hits: 0,
      misses: 0,
      coldLoads: 0,
      warmLoads: 0,
      refusedLoads: 0,
      published: 0,
      existing: 0,
    },
    metrics: options.metrics ?? silentMetrics,
    onChange,
    refused(record, refusal) {
      if (refusal.damaged) quarantine.add(record, refusal)
      return refusal
    },
  }
}
