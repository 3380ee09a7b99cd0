import { cpuTime } from '../measure.js'
import type { BenchCase } from '../programs/index.js'
import type { Peer, Prepared } from './peer.js'

/** A peer that runs in this process. */
export function peerHere(
  id: string,
  name: string,
  load: (benchCase: BenchCase) => Promise<(() => number) | undefined>,
): Peer {
  return {
    id,
    name,
    async prepare(benchCase) {
      const run = await load(benchCase)
      return run === undefined ? undefined : preparedHere(run)
    },
    close: async () => undefined,
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
