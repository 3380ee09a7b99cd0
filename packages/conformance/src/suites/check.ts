import { isRtfsError } from '@rtfs/core'
import type { Runner } from '../runner.js'

/** What a suite needs besides an empty store. */
export interface StoreSuiteOptions<Store> {
  /** Opens once more what the last `create` made; required of a store that says it is persistent. */
  readonly reopen?: () => Promise<Store>
}

interface Closable {
  close(): Promise<void>
}

/** Registers tests that each get an object of their own, closed afterwards. */
export function checks<T extends Closable>(runner: Runner, subject: string, create: () => Promise<T>) {
  return (name: string, body: (object: T) => Promise<void>) => {
    runner.test(`${subject}: ${name}`, async () => {
      const object = await create()
      try {
        await body(object)
      } finally {
        await object.close()
      }
    })
  }
}

/** The code that a call fails with, or what came instead. */
export async function failure(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'no failure'
  } catch (cause) {
    return isRtfsError(cause) ? cause.code : `an error that is not ours: ${String(cause)}`
  }
}

/** All that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export const aborted = { signal: AbortSignal.abort() }
