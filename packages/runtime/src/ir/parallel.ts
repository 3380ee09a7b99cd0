import { isCatchable, isSuspended, keyword, RtfsMap, RtfsVector, Suspended, type Value } from '@rtfs/core'
import type { ParallelNode, StepParallelNode } from '@rtfs/ir'
import type { Compile } from './calls.js'
import type { Code, Frame } from './code.js'
import { placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** `parallel`: independent branches; a map from the keyword of each name to its value (LANGUAGE §5.9). */
export function compileParallel(node: ParallelNode, scope: Scope, compile: Compile): Code {
  const branches = node.bindings.map(binding => compile(binding.init, scope))
  const names = node.bindings.map(binding => keyword(binding.name))
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    const values = runBranches(branches, frame, scope)
    placed(site, () => machine.meter.elements(2 * values.length))
    return RtfsMap.from(names.map((name, i) => [name, values[i]!]))
  }
}

/** `step-parallel`: a vector of the values (LANGUAGE §5.13). */
export function compileStepParallel(node: StepParallelNode, scope: Scope, compile: Compile): Code {
  const options = node.options.map(option => compile(option.value, scope))
  const branches = node.branches.map(branch => compile(branch, scope))
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    for (const option of options) option(frame)
    const values = runBranches(branches, frame, scope)
    placed(site, () => machine.meter.elements(values.length))
    return RtfsVector.adopt(values)
  }
}

/**
 * Runs every branch, gathering what they wait for, so that their effects happen at the same time. When none waits any
 * more, the first failing branch in source order raises its error.
 */
function runBranches(branches: readonly Code[], frame: Frame, scope: Scope): Value[] {
  const open = scope.machine.services.host.openBranches()
  const values: Value[] = []
  const effects: unknown[] = []
  let failure: unknown
  for (const [index, branch] of branches.entries()) {
    open.enter(index)
    try {
      values.push(branch(frame))
    } catch (error) {
      if (isSuspended(error)) effects.push(...error.effects)
      else if (isCatchable(error)) failure ??= error
      else throw error
    } finally {
      open.leave()
    }
  }
  if (effects.length > 0) throw new Suspended(effects)
  if (failure !== undefined) throw failure
  return values
}
