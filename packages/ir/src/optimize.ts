import { foldConstants } from './fold-constants.js'
import type { Unit } from './nodes.js'
import type { OptimizeOptions, Pass } from './pass.js'
import { recapture } from './recapture.js'
import { removeCasts } from './remove-casts.js'
import { removeDeadCode } from './remove-dead-code.js'
import { simplifyControl } from './simplify-control.js'

/** `none`: nothing; `basic`: folding, control flow, dead code; `aggressive`: also checks that inference proves. */
export type OptimizeLevel = 'none' | 'basic' | 'aggressive'

/** The passes of each level, in order. A new pass is added here. */
const passes: Readonly<Record<OptimizeLevel, readonly Pass[]>> = {
  none: [],
  basic: [foldConstants, simplifyControl, removeDeadCode],
  aggressive: [foldConstants, simplifyControl, removeDeadCode, removeCasts],
}

const maxRounds = 10

/**
 * The optimizer (LANGUAGE §18.5). The result means the same: value, error kind and place, order of effects, fuel and
 * depth; calls that were folded leave their charge behind as `charge` nodes. Hash code before optimising.
 */
export function optimize(unit: Unit, level: OptimizeLevel, options: OptimizeOptions = {}): Unit {
  let current = unit
  for (let round = 0; round < maxRounds; round++) {
    let next = current
    for (const pass of passes[level]) next = withExactCaptures(pass(next, options), next)
    if (next === current) break
    current = next
  }
  return current
}

/** Passes take references away; what lambdas capture follows from those that are left. */
function withExactCaptures(after: Unit, before: Unit): Unit {
  return after === before ? before : { ...after, forms: recapture(after.forms) }
}
