import type { Clock, Logger, Random } from '@rtfs/interfaces'

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Random bytes fit for keys. */
export const systemRandom: Random = {
  bytes: length => crypto.getRandomValues(new Uint8Array(length)),
}

/** Drops everything. */
export const silentLogger: Logger = { log: () => {} }
