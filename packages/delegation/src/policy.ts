import type { ExecTarget } from '@rtfs/interfaces'

/** A target of a rule; `next` asks the engine behind the policy. */
export type PolicyTarget = Exclude<ExecTarget, { kind: 'l4-cache-hit' }> | { readonly kind: 'next' }

export interface WeightedTarget {
  readonly target: PolicyTarget
  /** Share among the targets of the rule. */
  readonly weight: number
}

/** What a policy knows of a model. */
export interface PolicyModel {
  readonly location: 'local' | 'remote'
  /** US dollars a call, as estimated. */
  readonly costUsd: number | undefined
  readonly latencyMs: number | undefined
}

/** What may be done with data of a class. */
export interface DataClass {
  /** Whether it may leave this machine. */
  readonly remote: boolean
  /** Only these models; `undefined` for all. */
  readonly models: readonly string[] | undefined
}

/** A rule. It applies when all of its conditions do; those that are `undefined` always do. */
export interface PolicyRule {
  readonly name: string
  /** Patterns of qualified names; `*` stands for any text, `?` for one character. */
  readonly symbols: readonly string[] | undefined
  /** Patterns of the argument type names, one for each argument. */
  readonly types: readonly string[] | undefined
  /** Patterns by field of the call's metadata. */
  readonly context: ReadonlyMap<string, string> | undefined
  readonly dataClasses: readonly string[] | undefined
  /** Only models that cost no more a call. */
  readonly maxCostUsd: number | undefined
  /** Only models that take no longer. */
  readonly maxLatencyMs: number | undefined
  readonly targets: readonly WeightedTarget[]
}

/** A checked policy. The first rule that applies decides. */
export interface Policy {
  readonly models: ReadonlyMap<string, PolicyModel>
  readonly dataClasses: ReadonlyMap<string, DataClass>
  readonly rules: readonly PolicyRule[]
}

/** Whether a text fits a pattern of `*` and `?`. Takes time proportional to both lengths at worst. */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] === text[t] && pattern[p] !== '*'))) {
      p++
      t++
    } else if (p < pattern.length && pattern[p] === '*') {
      star = p++
      mark = t
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
