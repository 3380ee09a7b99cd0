import { RtfsError } from '@rtfs/core'
import type { CacheStatistics, CallContext, Clock, DelegationDecision } from '@rtfs/interfaces'
import { CacheCounters } from './cache-counters.js'
import { createEvictionOrder, type EvictionPolicy, Ordered } from './eviction.js'
import { systemTiming } from './timing.js'

export interface DecisionCacheOptions {
  /** Decisions kept. Default 10,000. */
  readonly capacity?: number
  /** Which one is forgotten when it is full. Default `lru`. */
  readonly policy?: EvictionPolicy
  /** Milliseconds a decision holds; for ever when left out. */
  readonly ttlMs?: number
  readonly clock?: Clock
}

/** Something happened that decisions may depend on. */
export type CacheEvent =
  | { readonly kind: 'rule-changed'; readonly fnSymbol: string }
  | { readonly kind: 'policy-changed' }
  | { readonly kind: 'models-changed' }
  | { readonly kind: 'modules-changed' }

/** L1: decisions by function, argument types, run context and metadata. In memory, per process. */
export interface DecisionCache {
  get(context: CallContext): DelegationDecision | undefined
  set(context: CallContext, decision: DelegationDecision): void
  /** Forgets every decision about one function. */
  invalidate(fnSymbol: string): void
  /** Forgets what the event may have changed, and counts the epoch up. */
  notify(event: CacheEvent): void
  clear(): void
  /** Counts up whenever decisions were forgotten because something changed. */
  readonly epoch: number
  readonly statistics: CacheStatistics
}

class Entry extends Ordered {
  constructor(
    readonly fnSymbol: string,
    readonly types: string,
    /** The last part of its key. */
    readonly rest: string,
    readonly decision: DelegationDecision,
    readonly at: number,
  ) {
    super()
  }
}

/** Of so many hits one is timed, and its entry's age taken. */
const sampleEvery = 64

/** Rough bytes of an entry and of its places in maps. */
function sizeOf({ fnSymbol, types, rest, decision }: Entry): number {
  let units = fnSymbol.length + types.length + rest.length
  units += decision.reason.length
  for (const line of decision.trace) units += line.length
  return units * 2 + 200
}

/** By argument types, then by run context; metadata that a decision may depend on is part of the latter. */
interface OfFunction {
  readonly byTypes: Map<string, Map<string, Entry>>
  /** The entry that was found last: most functions are always called alike. */
  last: Entry | undefined
}

/** Makes an L1 cache. A hit of the module cache is never kept in it: the module may be revoked at any time. */
export function createDecisionCache(options: DecisionCacheOptions = {}): DecisionCache {
  const { capacity = 10_000, policy = 'lru', ttlMs, clock = systemTiming } = options
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RtfsError('RTFS_USAGE', `a decision cache keeps at least one decision, not ${capacity}`)
  }
  const functions = new Map<string, OfFunction>()
  const order = createEvictionOrder<Entry>(policy)
  const counters = new CacheCounters()
  let size = 0
  let bytes = 0
  let epoch = 0

  // The key stays in parts: joining strings costs more than three look-ups.
  function find(context: CallContext): Entry | undefined {
    const ofFunction = functions.get(context.fnSymbol)
    if (ofFunction === undefined) return undefined
    const rest = lastPart(context)
    const { last } = ofFunction
    if (last?.types === context.argTypeFingerprint && last.rest === rest) return last
    const found = ofFunction.byTypes.get(context.argTypeFingerprint)?.get(rest)
    if (found !== undefined) ofFunction.last = found
    return found
  }

  function remove(entry: Entry): void {
    const { fnSymbol, types } = entry
    const ofFunction = functions.get(fnSymbol)!
    const { byTypes } = ofFunction
    const byContext = byTypes.get(types)
    byContext?.delete(entry.rest)
    if (byContext?.size === 0) byTypes.delete(types)
    if (byTypes.size === 0) functions.delete(fnSymbol)
    if (ofFunction.last === entry) ofFunction.last = undefined
    order.remove(entry)
    size--
    bytes -= sizeOf(entry)
  }

  function forgetAll(): void {
    for (let entry = order.victim(); entry !== undefined; entry = order.victim()) remove(entry)
  }

  function invalidate(fnSymbol: string): void {
    for (const byContext of [...(functions.get(fnSymbol)?.byTypes.values() ?? [])]) {
      for (const entry of [...byContext.values()]) remove(entry)
    }
    epoch++
  }

  function sampled(context: CallContext): DelegationDecision | undefined {
    const from = clock.monotonic()
    const entry = find(context)
    const now = clock.monotonic()
    if (entry === undefined) {
      counters.miss('absent', now - from)
      return undefined
    }
    const age = now - entry.at
    if (ttlMs !== undefined && age >= ttlMs) return expired(entry)
    counters.hit(age, now - from)
    order.use(entry)
    return entry.decision
  }

  function expired(entry: Entry): undefined {
    remove(entry)
    counters.count('expired')
    return undefined
  }

  return {
    get(context) {
      // Two looks at the clock cost more than a look-up.
      if (counters.hits % sampleEvery === 0) return sampled(context)
      const entry = find(context)
      if (entry === undefined) {
        counters.count('absent')
        return undefined
      }
      if (ttlMs !== undefined && clock.monotonic() - entry.at >= ttlMs) return expired(entry)
      counters.hits++
      order.use(entry)
      return entry.decision
    },
    set(context, decision) {
      if (decision.target.kind === 'l4-cache-hit') return
      const known = find(context)
      if (known !== undefined) remove(known)
      if (size >= capacity) {
        remove(order.victim()!)
        counters.evictions++
      }
      // Only what the key needs: a context may hold on to a whole program.
      const { fnSymbol, argTypeFingerprint } = context
      const rest = lastPart(context)
      const entry = new Entry(fnSymbol, argTypeFingerprint, rest, decision, clock.monotonic())
      let ofFunction = functions.get(fnSymbol)
      if (ofFunction === undefined)
        functions.set(fnSymbol, (ofFunction = { byTypes: new Map(), last: undefined }))
      let byContext = ofFunction.byTypes.get(argTypeFingerprint)
      if (byContext === undefined) ofFunction.byTypes.set(argTypeFingerprint, (byContext = new Map()))
      byContext.set(rest, entry)
      order.add(entry)
      size++
      bytes += sizeOf(entry)
      counters.puts++
    },
    invalidate,
    notify(event) {
      if (event.kind === 'rule-changed') invalidate(event.fnSymbol)
      else {
        forgetAll()
        epoch++
      }
    },
    clear: forgetAll,
    get epoch() {
      return epoch
    },
    get statistics() {
      return counters.statistics('L1', size, bytes)
    },
  }
}

/** The run context; where there is metadata or a data class, length-prefixed with them, so that no two share it. */
function lastPart({ runtimeContextHash, metadata, dataClass }: CallContext): string {
  if (metadata === undefined && dataClass === undefined) return runtimeContextHash
  const fields = metadata?.context === undefined ? [] : Object.entries(metadata.context).sort(byKey)
  const rest = JSON.stringify([
    dataClass ?? null,
    metadata?.confidence ?? null,
    metadata?.reasoning ?? null,
    metadata?.source ?? null,
    fields,
  ])
  return `${runtimeContextHash.length}:${runtimeContextHash}${rest}`
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
