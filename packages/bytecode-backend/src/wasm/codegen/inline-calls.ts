import type { ApplyNode } from '@rtfs/ir'
import { maxArguments } from '../abi.js'
import type { FunctionEmitter } from './function-emitter.js'
import { arithmetic } from './inline-arithmetic.js'
import { comparison } from './inline-comparison.js'
import { conversions } from './inline-conversions.js'
import { predicates } from './inline-predicates.js'
import type { Kinds } from './kinds.js'

/** A call of a library function that is compiled to instructions instead. */
export interface InlineCall {
  readonly result: Kinds
  /** Evaluates the arguments, charges the call, leaves the result as its kinds travel. */
  readonly emit: (e: FunctionEmitter, node: ApplyNode) => void
}

/** Says whether a call with arguments of these kinds can be instructions. */
export type InlineRule = (kinds: readonly Kinds[], node: ApplyNode) => InlineCall | undefined

const rules: ReadonlyMap<string, InlineRule> = new Map([
  ...arithmetic,
  ...comparison,
  ...conversions,
  ...predicates,
])

/** How to compile a library call to instructions; `undefined` when it has to be a call. No kind may be `never`. */
export function inlineCall(name: string, kinds: readonly Kinds[], node: ApplyNode): InlineCall | undefined {
  return kinds.length > maxArguments ? undefined : rules.get(name)?.(kinds, node)
}
