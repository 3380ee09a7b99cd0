import type {
  CallContext,
  CallOptions,
  DelegationDecision,
  DelegationEngine,
  ExecTarget,
} from '@rtfs/interfaces'
import { decision, localPure } from './decision.js'
import type { FallbackModel } from './fallback-model.js'

export interface FallbackEngineOptions {
  /** Decides; where it names a chain, that is looked after here. */
  readonly inner: DelegationEngine
  /** Chains by their ids; register them with the models, too. */
  readonly chains: readonly FallbackModel[]
  /**
   * What a call comes to while all breakers of its chain are open: `fail` asks the chain, which refuses at once; `local`
   * runs the body where there is one. Default `fail`.
   */
  readonly whenDown?: 'fail' | 'local'
}

/**
 * Decorates an engine with chains of models. Decisions name the chain and the state of its breakers; a data class that
 * may not go to one of its models may not go to the chain.
 */
export function createFallbackDelegationEngine(options: FallbackEngineOptions): DelegationEngine {
  const { inner, whenDown = 'fail' } = options
  const chains = new Map(options.chains.map(chain => [chain.id, chain]))

  function chainOf(target: ExecTarget): FallbackModel | undefined {
    return target.kind === 'local-model' || target.kind === 'remote-model' ? chains.get(target.id) : undefined
  }

  function finish(context: CallContext, given: DelegationDecision): DelegationDecision {
    const chain = chainOf(given.target)
    if (chain === undefined) return given
    const states = chain.models.map(id => `${id} ${chain.breakers.get(id)!.state}`)
    const trace = [...given.trace, `chain ${chain.id}: ${states.join(', ')}`]
    const isDown = states.every(state => state.endsWith(' open'))
    if (isDown && whenDown === 'local' && context.fn?.codeHash !== undefined) {
      return decision('fallback', localPure, `no model of chain ${chain.id} answers, runs here`, 1, trace)
    }
    return { ...given, trace }
  }

  function veto(context: CallContext, target: ExecTarget): string | undefined {
    const own = inner.veto?.(context, target)
    if (own !== undefined) return own
    for (const id of chainOf(target)?.models ?? []) {
      const reason = inner.veto?.(context, { ...target, id } as ExecTarget)
      if (reason !== undefined) return reason
    }
    return undefined
  }

  return {
    name: `fallback(${inner.name})`,
    get epoch() {
      let changes = inner.epoch
      for (const { breakers } of chains.values())
        for (const breaker of breakers.values()) changes += breaker.changes
      return changes
    },
    concerns: fnSymbol => inner.concerns(fnSymbol),
    decide(context: CallContext, callOptions?: CallOptions) {
      const answer = inner.decide(context, callOptions)
      const settle = (given: DelegationDecision): DelegationDecision => {
        const reason = chainOf(given.target) === undefined ? undefined : veto(context, given.target)
        if (reason === undefined) return finish(context, given)
        return decision('fallback', localPure, reason, 1, [...given.trace, `veto: ${reason}`])
      }
      return 'then' in answer ? answer.then(settle) : settle(answer)
    },
    veto,
  }
}
