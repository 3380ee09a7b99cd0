import type { CacheStatistics } from '@rtfs/interfaces'

/** Counts what a cache does. */
export class CacheCounters {
  hits = 0
  puts = 0
  evictions = 0
  readonly #misses = new Map<string, number>()
  #aged = 0
  #ageSum = 0
  #ageMax = 0
  #lookups = 0
  #timeSum = 0
  #timeMax = 0

  /** A hit on an entry of this age, found in this time; milliseconds. */
  hit(ageMs: number, tookMs: number): void {
    this.hits++
    this.sample(ageMs, tookMs)
  }

  /** Age and time of a hit that is counted elsewhere, for caches that look at the clock only now and then. */
  sample(ageMs: number, tookMs: number): void {
    this.#aged++
    this.#ageSum += ageMs
    if (ageMs > this.#ageMax) this.#ageMax = ageMs
    this.took(tookMs)
  }

  miss(reason: string, tookMs: number): void {
    this.count(reason)
    this.took(tookMs)
  }

  /** A miss of which nobody took the time. */
  count(reason: string, by = 1): void {
    this.#misses.set(reason, (this.#misses.get(reason) ?? 0) + by)
  }

  /** The time of one look-up. */
  took(ms: number): void {
    this.#lookups++
    this.#timeSum += ms
    if (ms > this.#timeMax) this.#timeMax = ms
  }

  statistics(name: string, entries: number, bytes: number): CacheStatistics {
    return {
      name,
      entries,
      bytes,
      hits: this.hits,
      misses: Object.fromEntries(this.#misses),
      puts: this.puts,
      evictions: this.evictions,
      hitAgeMs: { mean: this.#aged === 0 ? 0 : this.#ageSum / this.#aged, max: this.#ageMax },
      latencyMs: { mean: this.#lookups === 0 ? 0 : this.#timeSum / this.#lookups, max: this.#timeMax },
    }
  }
}
