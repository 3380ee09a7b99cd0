import type { CacheStatistics } from '@rtfs/interfaces'

/** Counts what a cache does. */
export class CacheCounters {
  hits = 0
  puts = 0
  evictions = 0
  readonly #misses = new Map<string, number>()
  #ageSum = 0
  #ageMax = 0
  #lookups = 0
  #timeSum = 0
  #timeMax = 0

  /** A hit on an entry of this age, found in this time; milliseconds. */
  hit(ageMs: number, tookMs: number): void {
    this.hits++
    this.#ageSum += ageMs
    if (ageMs > this.#ageMax) this.#ageMax = ageMs
    this.#took(tookMs)
  }

  miss(reason: string, tookMs: number): void {
    this.#misses.set(reason, (this.#misses.get(reason) ?? 0) + 1)
    this.#took(tookMs)
  }

  #took(ms: number): void {
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
      hitAgeMs: { mean: this.hits === 0 ? 0 : this.#ageSum / this.hits, max: this.#ageMax },
      latencyMs: { mean: this.#lookups === 0 ? 0 : this.#timeSum / this.#lookups, max: this.#timeMax },
    }
  }
}
