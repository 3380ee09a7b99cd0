import type { CallContext, DelegationDecision, DelegationEngine, ExecTarget } from '@rtfs/interfaces'
import { decision, describeTarget, localPure } from './decision.js'
import type { DecisionCache } from './decision-cache.js'

export interface StaticEngineOptions {
  /** Where calls of a function go, by qualified name. */
  readonly targets?: ReadonlyMap<string, ExecTarget>
  /** L1; decisions that no rule fixes are kept in it. */
  readonly cache?: DecisionCache
}

/** A rule table that can change while programs run. */
export interface StaticDelegationEngine extends DelegationEngine {
  setTarget(fnSymbol: string, target: ExecTarget): void
  removeTarget(fnSymbol: string): void
  decide(context: CallContext): DelegationDecision
}

/** Confidence of a decision that no rule gave (LANGUAGE §15.5). */
const defaultConfidence = 0.8

/**
 * Explicit table, then L1, then a hint in the metadata, then local. Synchronous.
 * Metadata: `context.target` of `local`, `local-model:<id>` or `remote:<id>`, from whoever made the call context.
 */
export function createStaticDelegationEngine(options: StaticEngineOptions = {}): StaticDelegationEngine {
  const cache = options.cache
  /** Decisions by rules are made once: a call that a rule decides costs one look-up. */
  const rules = new Map<string, DelegationDecision>()
  /** What L1 gives, with the trace of a hit. */
  const fromCache = new WeakMap<DelegationDecision, DelegationDecision>()
  let epoch = 0

  function setRule(fnSymbol: string, target: ExecTarget): void {
    const reason = `rule for ${fnSymbol}: ${describeTarget(target)}`
    rules.set(fnSymbol, decision('static', target, reason, 1, ['rule: hit']))
  }

  function decide(context: CallContext): DelegationDecision {
    const rule = rules.get(context.fnSymbol)
    if (rule !== undefined) return rule
    const known = cache?.get(context)
    if (known !== undefined) return hitOf(known)
    const trace = ['rule: none', cache === undefined ? 'L1: not configured' : 'L1: miss']
    const suggested = targetFromMetadata(context)
    const made =
      suggested === undefined
        ? decision('static', localPure, 'no rule, runs here', defaultConfidence, [...trace, 'metadata: none'])
        : decision(
            'static',
            suggested,
            `metadata of the call: ${describeTarget(suggested)}`,
            context.metadata?.confidence ?? defaultConfidence,
            [...trace, 'metadata: hit'],
          )
    cache?.set(context, made)
    return made
  }

  function hitOf(known: DelegationDecision): DelegationDecision {
    let hit = fromCache.get(known)
    if (hit === undefined) fromCache.set(known, (hit = { ...known, trace: ['rule: none', 'L1: hit'] }))
    return hit
  }

  function changed(fnSymbol: string): void {
    if (cache === undefined) epoch++
    else cache.notify({ kind: 'rule-changed', fnSymbol })
  }

  for (const [fnSymbol, target] of options.targets ?? []) setRule(fnSymbol, target)

  return {
    name: 'static',
    get epoch() {
      return epoch + (cache?.epoch ?? 0)
    },
    concerns: fnSymbol => cache !== undefined || rules.has(fnSymbol),
    decide,
    setTarget(fnSymbol, target) {
      setRule(fnSymbol, target)
      changed(fnSymbol)
    },
    removeTarget(fnSymbol) {
      if (rules.delete(fnSymbol)) changed(fnSymbol)
    },
  }
}

function targetFromMetadata(context: CallContext): ExecTarget | undefined {
  const fields = context.metadata?.context
  const text = fields !== undefined && Object.hasOwn(fields, 'target') ? fields['target'] : undefined
  if (text === undefined) return undefined
  if (text === 'local') return localPure
  const [kind, ...rest] = text.split(':')
  const id = rest.join(':')
  if (id === '') return undefined
  if (kind === 'local-model') return { kind: 'local-model', id }
  if (kind === 'remote') return { kind: 'remote-model', id }
  return undefined
}
