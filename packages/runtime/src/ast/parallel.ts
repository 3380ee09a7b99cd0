import { keyword, RtfsMap, RtfsVector, Suspended, type Value } from '@rtfs/core'
import type { Expr, Parallel, StepParallel } from '@rtfs/parser'
import { checkType } from '../shared/checks.js'
import type { CatchableError, Done } from './continuation.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** `parallel` (LANGUAGE §5.9): a map from the keyword of each name to the value of its branch. */
export function evaluateParallel(machine: Machine, node: Parallel, scope: Scope): Done {
  const { bindings } = node
  const branches = bindings.map(({ name, type, init }) => ({
    init,
    check: (value: Value) => {
      if (type === undefined) return value
      machine.at(init, scope.unit)
      return checkType(value, type.type, `parallel ${name}`, scope.unit.resolveType, undefined, machine.meter)
    },
  }))
  runBranches(machine, branches, scope, values => {
    machine.at(node, scope.unit)
    machine.meter.elements(2 * values.length)
    machine.give(RtfsMap.from(bindings.map(({ name }, i) => [keyword(name), values[i]!])))
  })
}

/** `step-parallel` (LANGUAGE §5.13): the vector of the values. */
export function evaluateStepParallel(machine: Machine, node: StepParallel, scope: Scope): Done {
  const options = node.options.map(option => option.value)
  const branches = node.branches.map(init => ({ init, check: (value: Value) => value }))
  machine.all(options, scope, () =>
    runBranches(machine, branches, scope, values => {
      machine.at(node, scope.unit)
      machine.meter.elements(values.length)
      machine.give(RtfsVector.adopt(values))
    }),
  )
}

interface Branch {
  readonly init: Expr
  readonly check: (value: Value) => Value
}

/**
 * Runs every branch, also when one fails or suspends, so that the effects of all of them are known before the run
 * waits for any. Then: what they wait for, or the error of the first failing branch in source order, or the values.
 */
function runBranches(
  machine: Machine,
  branches: readonly Branch[],
  scope: Scope,
  done: (values: Value[]) => Done,
): Done {
  const open = machine.services.host.openBranches()
  const values: Value[] = []
  const effects: unknown[] = []
  let failure: CatchableError | undefined

  const run = (index: number): Done => {
    const branch = branches[index]
    if (branch === undefined) {
      if (effects.length > 0) throw new Suspended(effects)
      if (failure !== undefined) throw failure
      return done(values)
    }
    open.enter(index)
    const goOn = () => {
      open.leave()
      run(index + 1)
    }
    machine.guard({
      leave: value => {
        values.push(value)
        goOn()
      },
      fail: error => {
        failure ??= error
        goOn()
      },
      suspend: signal => {
        effects.push(...signal.effects)
        goOn()
      },
      abandon: () => open.leave(),
    })
    machine.after(branch.init, scope, value => machine.give(branch.check(value)))
  }
  run(0)
}
