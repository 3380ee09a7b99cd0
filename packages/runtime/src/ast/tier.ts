import type { Tier } from '../shared/tier.js'
import { apply } from './calls.js'
import { Machine } from './machine.js'
import { evaluateProgram } from './program.js'

const nowhere = { start: 0, end: 0 }

/** The AST evaluator as a tier: covers everything, reaches any depth the limits allow. */
export const astTier: Tier = {
  name: 'ast',
  run: evaluateProgram,
  call(fn, args, services, frame) {
    const machine = new Machine(services, frame)
    return machine.runFrom(() => apply(machine, fn, args, nowhere, frame))
  },
}
