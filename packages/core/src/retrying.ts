import { type Abortable, systemTiming, type Timing, throwIfAborted } from './timing.js'

export interface RetryOptions {
  /** Attempts in all. Default 3. */
  readonly attempts?: number
  /** First wait; doubled each time. Default 250 ms. */
  readonly baseMs?: number
  /** No wait is longer, nor is one that a server asks for followed. Default 10,000 ms. */
  readonly maxMs?: number
  readonly timing?: Timing
  /** A number from 0 to 1: waits are spread from half to all of their length. Default `Math.random`. */
  readonly random?: () => number
}

/** Whether a failure may pass by itself (`undefined`: it does not), and after how long, where the server said so. */
export type RetryJudge = (error: unknown) => { readonly afterMs: number | undefined } | undefined

/** Runs `task` again after failures that may pass by themselves, with growing, spread waits. */
export async function retrying<T>(
  task: () => Promise<T>,
  judge: RetryJudge,
  options: RetryOptions = {},
  call?: Abortable,
): Promise<T> {
  const { attempts = 3, baseMs = 250, maxMs = 10_000, timing = systemTiming, random = Math.random } = options
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(call)
    try {
      return await task()
    } catch (error) {
      const verdict = attempt >= attempts ? undefined : judge(error)
      if (verdict === undefined) throw error
      const { afterMs } = verdict
      if (afterMs !== undefined && afterMs > maxMs) throw error
      const grown = Math.min(maxMs, baseMs * 2 ** (attempt - 1))
      await timing.sleep(Math.max(afterMs ?? 0, grown * (0.5 + random() / 2)), call)
    }
  }
}
