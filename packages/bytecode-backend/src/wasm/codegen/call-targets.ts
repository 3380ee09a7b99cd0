import type { ApplyNode } from '@rtfs/ir'
import type { FunctionEmitter } from './function-emitter.js'
import { calledVersion } from './infer-records.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** The version that a call of a known function runs; `undefined` for other calls, and for those that never happen. */
export function targetOf(e: FunctionEmitter, node: ApplyNode): Version | undefined {
  const { inference, facts } = e.module
  const lambda = facts.knownCallee(node.callee, node.args.length)
  if (lambda === undefined) return undefined
  const kinds = node.args.map(arg => e.kinds(arg))
  if (kinds.includes(k.never)) return undefined
  return calledVersion(inference, e.version, lambda, node, kinds)
}
