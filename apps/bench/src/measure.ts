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

/** What one call took. */
export interface Sample {
  readonly name: string
  readonly medianMs: number
  readonly minimumMs: number
  readonly rounds: number
}

/** Something that can be called and timed; `measure` gives the CPU milliseconds of so many calls. */
export interface Measurable {
  readonly name: string
  measure(calls: number): Promise<number>
}

/** A sample is about this long: what starts and stops the clock, and single collections of garbage, weigh little. */
const defaultSampleMs = 20

/**
 * Times the runs in turns, one sample each per round, so that all of them meet the same noise. Before the first
 * round each is warmed up, and the number of its calls in a sample is found.
 */
export async function measureInTurns(
  runs: readonly Measurable[],
  rounds: number,
  sampleMs = defaultSampleMs,
): Promise<Sample[]> {
  const calls: number[] = []
  for (const run of runs) calls.push(await warmUp(run, sampleMs))
  const times = runs.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) times[i]!.push((await run.measure(calls[i]!)) / calls[i]!)
  }
  return runs.map(({ name }, i) => ({
    name,
    medianMs: median(times[i]!),
    minimumMs: Math.min(...times[i]!),
    rounds,
  }))
}

/** Calls for one sample. Programs that take long are called twice before, others until a sample is full. */
async function warmUp(run: Measurable, sampleMs: number): Promise<number> {
  let calls = 1
  await run.measure(1)
  for (;;) {
    const spent = await run.measure(calls)
    if (spent >= sampleMs) return Math.max(1, Math.round((calls * sampleMs) / spent))
    calls *= 2
  }
}
