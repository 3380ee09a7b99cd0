import { RtfsError } from '@rtfs/core'
import { astTier } from './ast/tier.js'
import { createBytecodeTier } from './bytecode/tier.js'
import { createIrTier } from './ir/tier.js'
import type { RunOptions, RuntimeOptions } from './options.js'
import type { Tier } from './shared/tier.js'

/** The tiers of a session: each keeps compiled code of its own. */
export class Tiers {
  readonly #byName = new Map<string, Tier>()

  constructor({ bytecode, kernels, tiers = [], contextFallback = false }: RuntimeOptions) {
    this.#add(astTier)
    this.#add(createIrTier({ kernels }))
    if (bytecode !== undefined) {
      const { backend, executor, ...options } = bytecode
      this.#add(createBytecodeTier(backend, executor, { ...options, closed: !contextFallback }))
    }
    for (const make of tiers) this.#add(make())
  }

  #add(tier: Tier): void {
    this.#byName.set(tier.name, tier)
  }

  /** The tiers to try for a run, in order; the evaluator comes last, since it reaches everything. */
  choose({ tier = 'auto', fallback }: RunOptions): {
    readonly tiers: readonly Tier[]
    readonly replaceUncovered: boolean
  } {
    const first = tier === 'auto' ? (this.#byName.get('ir') ?? astTier) : this.#byName.get(tier)
    if (first === undefined) throw new RtfsError('RTFS_USAGE', `the tier ${tier} is not there`)
    const tiers = first === astTier ? [astTier] : [first, astTier]
    return { tiers, replaceUncovered: fallback ?? tier === 'auto' }
  }
}
