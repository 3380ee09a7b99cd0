import type {
  CallContext,
  CallOptions,
  DelegationDecision,
  DelegationEngine,
  ExecTarget,
} from '@rtfs/interfaces'
import { decision, describeTarget, localPure } from './decision.js'
import {
  type DataClass,
  matchesPattern,
  type Policy,
  type PolicyRule,
  type WeightedTarget,
} from './policy.js'

export interface PolicyEngineOptions {
  readonly policy: Policy
  /** Asked where no rule applies, and for targets `next`. Default: the call runs here. */
  readonly inner?: DelegationEngine
}

/** A policy whose rules can be replaced while programs run. */
export interface PolicyDelegationEngine extends DelegationEngine {
  update(policy: Policy): void
  veto(context: CallContext, target: ExecTarget): string | undefined
}

/** Makes an engine that goes by the rules of a policy, the first that applies. Its own part is synchronous. */
export function createPolicyDelegationEngine(options: PolicyEngineOptions): PolicyDelegationEngine {
  const { inner } = options
  let { policy } = options
  let rules = policy.rules.map(prepare)
  let updates = 0

  function vetoOf(context: CallContext, target: ExecTarget): string | undefined {
    return vetoByClass(policy, context, target) ?? inner?.veto?.(context, target)
  }

  function decide(
    context: CallContext,
    callOptions?: CallOptions,
  ): DelegationDecision | Promise<DelegationDecision> {
    const trace: string[] = []
    for (const rule of rules) {
      const why = mismatch(rule, context)
      if (why !== undefined) {
        trace.push(why)
        continue
      }
      const allowed = rule.targets.filter(({ target, tooMuch }) => {
        const reason = tooMuch ?? (target.kind === 'next' ? undefined : vetoOf(context, target))
        if (reason !== undefined) trace.push(`${rule.label}: ${reason}`)
        return reason === undefined
      })
      if (allowed.length === 0) continue
      const { target, reason } = allowed.length === 1 ? allowed[0]! : draw(allowed, context)
      trace.push(reason)
      if (target.kind === 'next') return ask(context, trace, callOptions)
      return decision('policy', target, reason, 1, trace)
    }
    trace.push('policy: no rule applies')
    return ask(context, trace, callOptions)
  }

  function ask(
    context: CallContext,
    trace: readonly string[],
    callOptions: CallOptions | undefined,
  ): DelegationDecision | Promise<DelegationDecision> {
    if (inner === undefined) {
      return decision('policy', localPure, 'no rule applies, runs here', 0.8, [
        ...trace,
        'inner: not configured',
      ])
    }
    const answer = inner.decide(context, callOptions)
    const finish = (given: DelegationDecision): DelegationDecision => {
      const veto = vetoOf(context, given.target)
      const all = [...trace, ...given.trace]
      if (veto === undefined) return { ...given, trace: all }
      return decision('policy', localPure, veto, 1, [...all, `veto: ${veto}`])
    }
    return 'then' in answer ? answer.then(finish) : finish(answer)
  }

  return {
    name: inner === undefined ? 'policy' : `policy(${inner.name})`,
    get epoch() {
      return updates + (inner?.epoch ?? 0)
    },
    concerns: fnSymbol =>
      rules.some(({ rule }) => rule.symbols?.some(pattern => matchesPattern(pattern, fnSymbol)) ?? true) ||
      (inner?.concerns(fnSymbol) ?? false),
    decide,
    veto: vetoOf,
    update(next) {
      policy = next
      rules = policy.rules.map(prepare)
      updates++
    },
  }

  function prepare(rule: PolicyRule): PreparedRule {
    const label = `rule ${rule.name}`
    return {
      rule,
      label,
      no: {
        symbol: `${label}: another function`,
        dataClass: `${label}: another data class`,
        types: `${label}: other argument types`,
        context: `${label}: another context`,
      },
      targets: rule.targets.map(({ target, weight }) => ({
        target,
        weight,
        reason: `${label}: ${target.kind === 'next' ? 'asks on' : describeTarget(target)}`,
        tooMuch: tooMuch(policy, rule, target),
      })),
    }
  }
}

interface PreparedTarget extends WeightedTarget {
  readonly reason: string
  /** Why its model is outside of what the rule lets it cost or take. */
  readonly tooMuch: string | undefined
}

interface PreparedRule {
  readonly rule: PolicyRule
  readonly label: string
  /** Sentences of the trace, made once. */
  readonly no: Readonly<Record<'symbol' | 'dataClass' | 'types' | 'context', string>>
  readonly targets: readonly PreparedTarget[]
}

/** Why a rule does not apply. */
function mismatch({ rule, no }: PreparedRule, context: CallContext): string | undefined {
  const { symbols, dataClasses, types, context: fields } = rule
  if (symbols !== undefined && !symbols.some(pattern => matchesPattern(pattern, context.fnSymbol)))
    return no.symbol
  if (dataClasses !== undefined && !dataClasses.includes(context.dataClass ?? '')) return no.dataClass
  if (types !== undefined) {
    const given = context.argTypes
    if (given?.length !== types.length || !types.every((type, i) => matchesPattern(type, given[i]!)))
      return no.types
  }
  if (fields !== undefined) {
    const given = context.metadata?.context
    for (const [field, pattern] of fields) {
      const text = given !== undefined && Object.hasOwn(given, field) ? given[field] : undefined
      if (text === undefined || !matchesPattern(pattern, text)) return no.context
    }
  }
  return undefined
}

function tooMuch(policy: Policy, rule: PolicyRule, target: WeightedTarget['target']): string | undefined {
  if (target.kind === 'next' || target.kind === 'local-pure') return undefined
  const { maxCostUsd, maxLatencyMs } = rule
  const model = policy.models.get(target.id)
  // What is not known may be anything.
  if (maxCostUsd !== undefined && !((model?.costUsd ?? Infinity) <= maxCostUsd)) {
    return `${target.id} costs ${model?.costUsd ?? 'an unknown amount'}, at most ${maxCostUsd} is allowed`
  }
  if (maxLatencyMs !== undefined && !((model?.latencyMs ?? Infinity) <= maxLatencyMs)) {
    return `${target.id} takes ${model?.latencyMs ?? 'an unknown time'} ms, at most ${maxLatencyMs} is allowed`
  }
  return undefined
}

/** Why data of the call's class may not go to a target. A class that the policy does not know stays here. */
function vetoByClass(policy: Policy, { dataClass }: CallContext, target: ExecTarget): string | undefined {
  if (dataClass === undefined || target.kind === 'local-pure' || target.kind === 'l4-cache-hit')
    return undefined
  const known: DataClass | undefined = policy.dataClasses.get(dataClass)
  const location =
    policy.models.get(target.id)?.location ?? (target.kind === 'remote-model' ? 'remote' : 'local')
  if (known === undefined) {
    return location === 'local' ? undefined : `data class ${dataClass} is not in the policy, so it stays here`
  }
  if (!known.remote && location === 'remote')
    return `data class ${dataClass} may not go to remote model ${target.id}`
  if (known.models !== undefined && !known.models.includes(target.id)) {
    return `data class ${dataClass} may not go to model ${target.id}`
  }
  return undefined
}

/** One of several targets by weight; the same call always goes the same way. */
function draw(targets: readonly PreparedTarget[], context: CallContext): PreparedTarget {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0)
  const { fnSymbol, argTypeFingerprint, runtimeContextHash } = context
  let left = (hash32(`${fnSymbol} ${argTypeFingerprint} ${runtimeContextHash}`) / 2 ** 32) * total
  for (const each of targets) {
    left -= each.weight
    if (left < 0) return each
  }
  return targets.at(-1)!
}

/** FNV-1a with a final mix. */
function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x846ca68b)
  return (hash ^ (hash >>> 16)) >>> 0
}
