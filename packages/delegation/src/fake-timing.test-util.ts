import { type Timing, throwIfAborted } from './timing.js'

/** Time that passes only when somebody sleeps or says so. */
export interface FakeTiming extends Timing {
  readonly slept: readonly number[]
  pass(ms: number): void
}

export function fakeTiming(): FakeTiming {
  let now = 1_000_000
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    monotonic: () => now,
    pass: ms => void (now += ms),
    async sleep(ms, options) {
      throwIfAborted(options)
      slept.push(ms)
      now += ms
    },
  }
}
