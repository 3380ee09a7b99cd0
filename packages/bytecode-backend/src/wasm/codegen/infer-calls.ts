import type { ApplyNode, ParamNode, RecurNode, VariableRefNode } from '@rtfs/ir'
import { libraryFunction, resultKinds, takes } from './builtin-kinds.js'
import { castKinds } from './casts.js'
import { holdsItself } from './facts.js'
import type { Inference } from './infer.js'
import { inferPass } from './infer-passes.js'
import { bindPattern } from './infer-patterns.js'
import { calledVersion, recordField } from './infer-records.js'
import { inlineCall } from './inline-calls.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** Kinds of a call, which may ask for a version of the function it calls. */
export function inferApply(at: Inference, version: Version, node: ApplyNode): Kinds {
  const { callee } = node
  const field = recordField(version, node)
  if (field !== undefined) {
    at.all(version, [callee, ...node.args])
    version.inlined++
    return field.kinds
  }
  if (callee.kind === 'ref' && callee.scope === 'builtin') return inferLibrary(at, version, node, callee)
  const known = at.facts.knownCallee(callee, node.args.length)
  if (known === undefined) {
    const parts = at.all(version, [callee, ...node.args])
    return parts.includes(k.never) ? k.never : k.any
  }
  const args = at.all(version, node.args)
  if (args.includes(k.never)) return k.never
  // A function that is called where it stands may have an object, too: code inside that is never reached can hold it.
  if (callee.kind === 'lambda' && holdsItself(known)) at.closureVersion(known, version)
  return at.resultOf(calledVersion(at, version, known, node, args), version)
}

function inferLibrary(at: Inference, version: Version, node: ApplyNode, callee: VariableRefNode): Kinds {
  const pass = at.facts.passes.get(node.id)
  if (pass !== undefined) return inferPass(at, version, node, pass)
  at.kinds(version, callee)
  const args = at.all(version, node.args)
  if (args.includes(k.never)) return k.never
  const inlined = inlineCall(callee.name, args, node)
  if (inlined !== undefined) {
    version.inlined++
    return inlined.result
  }
  const builtin = libraryFunction(callee.name)!
  return takes(builtin, args.length) ? resultKinds(builtin) : k.never
}

/** The next turn of a loop or function widens what its variables may be. */
export function inferRecur(at: Inference, version: Version, node: RecurNode): Kinds {
  const args = at.all(version, node.args)
  if (args.includes(k.never)) return k.never
  const loop = at.loops.get(node.target)
  if (loop !== undefined) {
    for (const [index, { pattern }] of loop.bindings.entries())
      bindPattern(at, version, pattern, args[index]!)
    return k.never
  }
  const lambda = version.lambda!.node
  const params: readonly ParamNode[] = lambda.params
  params.forEach((param, index) => {
    const kinds = param.annotation === undefined ? args[index]! : castKinds(args[index]!, param.annotation)
    at.setVariable(version, -1 - index, kinds)
  })
  if (lambda.rest !== undefined) at.setVariable(version, -1 - params.length, k.list)
  return k.never
}
