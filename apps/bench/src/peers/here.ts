import { cpuTime } from '../measure.js'
import type { BenchCase } from '../programs/index.js'
import type { Peer, Prepared } from './peer.js'

/** A peer that runs in this process. */
export function peerHere(
  id: string,
  name: string,
  load: (benchCase: BenchCase) => Promise<(() => number) | FreshRun | undefined>,
): Peer {
  return {
    id,
    name,
    async prepare(benchCase) {
      const run = await load(benchCase)
      if (run === undefined) return undefined
      return typeof run === 'function' ? preparedHere(run) : preparedFresh(run)
    },
    close: async () => undefined,
  }
}

/** A function that gets an argument of its own for each call. */
export interface FreshRun {
  make(): unknown
  run(data: unknown): number
}

function preparedFresh({ make, run }: FreshRun): Prepared {
  return {
    result: async () => run(make()),
    async measure(calls) {
      const made = Array.from({ length: calls }, make)
      let sum = 0
      const spent = cpuTime(() => {
        for (const data of made) sum += run(data)
      })
      if (Number.isNaN(sum)) throw new Error('a call gave no number')
      return spent
    },
  }
}

/** Times a function of this process; its results are used, or an engine might leave the work out. */
export function preparedHere(run: () => number): Prepared {
  return {
    result: async () => run(),
    async measure(calls) {
      let sum = 0
      const spent = cpuTime(() => {
        for (let i = 0; i < calls; i++) sum += run()
      })
      if (Number.isNaN(sum)) throw new Error('a call gave no number')
      return spent
    },
  }
}
