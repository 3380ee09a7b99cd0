/** CPU milliseconds of one call. */
export function cpuTime(run: () => unknown): number {
  const before = process.cpuUsage()
  run()
  const used = process.cpuUsage(before)
  return (used.user + used.system) / 1000
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Sample {
  readonly name: string
  readonly medianMs: number
  readonly minimumMs: number
}

/**
 * Times the runs in turns, one call each per round, so that all of them meet the same noise. The warm-up rounds are
 * not counted.
 */
export function interleaved(
  runs: readonly { readonly name: string; readonly run: () => unknown }[],
  rounds: number,
  warmup = 2,
): Sample[] {
  const times = runs.map((): number[] => [])
  for (let round = -warmup; round < rounds; round++) {
    for (const [i, { run }] of runs.entries()) {
      const spent = cpuTime(run)
      if (round >= 0) times[i]!.push(spent)
    }
  }
  return runs.map(({ name }, i) => ({ name, medianMs: median(times[i]!), minimumMs: Math.min(...times[i]!) }))
}
