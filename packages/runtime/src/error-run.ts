import { isRtfsError, type Meter, type RtfsError } from '@rtfs/core'
import type { Tier } from './shared/tier.js'

/** What a run that failed did until then. */
export interface FailedRun {
  /** The tier that raised the error. */
  readonly tier: Tier['name']
  /** Fuel of the last attempt: all of it when there was not enough for the last charge. */
  readonly fuel: number
  /** How often the program was evaluated. */
  readonly attempts: number
}

const runs = new WeakMap<RtfsError, FailedRun>()

/** Remembers what the run of an error did; returns the error for throwing. */
export function rememberRun(
  error: unknown,
  { tier, attempts }: { readonly tier: Tier; readonly attempts: number },
  { limits, spentFuel }: Meter,
): unknown {
  const fuel = Math.min(spentFuel, limits.fuel)
  if (isRtfsError(error)) runs.set(error, { tier: tier.name, fuel, attempts })
  return error
}

/** Tier, fuel and attempts of the run that ended in this error; `undefined` for a text that did not run. */
export function runOfError(error: unknown): FailedRun | undefined {
  return isRtfsError(error) ? runs.get(error) : undefined
}
