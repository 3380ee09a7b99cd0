import { isRtfsError } from '@rtfs/core'
import type {
  AcceptMode,
  CallContext,
  CallOptions,
  DelegationDecision,
  DelegationEngine,
  ExecTarget,
  FunctionDescription,
  Logger,
  LookupMode,
  ModuleLookup,
} from '@rtfs/interfaces'
import { decision, describeTarget } from './decision.js'

export interface L4EngineOptions {
  readonly cache: ModuleLookup
  /** Asked when the cache has nothing. */
  readonly inner: DelegationEngine
  /** What makes a similar module a hit. Default `behaviour`. */
  readonly accept?: AcceptMode
  /** Cosine similarity that `accept: 'similarity'` asks for. Default 0.95. */
  readonly threshold?: number
  /** Where a function without a body goes when neither the cache nor `inner` has an answer: a model. Default: nowhere. */
  readonly unresolved?: ExecTarget
  /** Told of every cache fault; the call itself falls back to `inner`. */
  readonly logger?: Logger
}

/**
 * Asks the module cache first, then the wrapped engine. A function with a body is replaced only by the same code,
 * unless its author's `:l4` hint permits the same interface; a declaration without a body is found by meaning.
 * Hits are never kept in L1. A fault of the cache is reported and never fails the call.
 */
export function createL4AwareDelegationEngine(options: L4EngineOptions): DelegationEngine {
  const { cache, inner, unresolved, logger } = options
  const accept = options.accept ?? 'behaviour'
  const threshold = options.threshold ?? 0.95

  async function decide(context: CallContext, callOptions?: CallOptions): Promise<DelegationDecision> {
    const fn = context.fn
    const trace: string[] = []
    if (fn === undefined) trace.push('L4: the runtime has no description of this function')
    else {
      try {
        const answer = await cache.find({ fn, modes: modesFor(fn), accept, threshold }, callOptions)
        trace.push(...answer.trace)
        if (answer.hit !== undefined) {
          const named = accept === 'similarity' ? `${answer.reason} (accept: similarity)` : answer.reason
          return decision('l4', answer.hit, named, answer.similarity ?? 1, trace)
        }
        trace.push(`L4 miss: ${answer.reason}`)
      } catch (cause) {
        callOptions?.signal?.throwIfAborted()
        const code = isRtfsError(cause) ? cause.code : 'unexpected'
        logger?.log('error', 'l4.lookup-failed', { fnSymbol: context.fnSymbol, code })
        trace.push(`L4 fault: ${code}`)
      }
    }
    const answer = await inner.decide(context, callOptions)
    const all = [...trace, ...answer.trace]
    if (
      unresolved !== undefined &&
      fn?.codeHash === undefined &&
      fn !== undefined &&
      answer.target.kind === 'local-pure'
    ) {
      const reason = `no body and no module: ${describeTarget(unresolved)}`
      const veto = inner.veto?.(context, unresolved)
      if (veto === undefined) return decision('l4', unresolved, reason, 1, [...all, reason])
      all.push(`veto: ${veto}`)
    }
    return { ...answer, trace: all }
  }

  return {
    name: `l4(${inner.name})`,
    // Both only ever count up, so their sum changes whenever either does.
    get epoch() {
      return cache.epoch + inner.epoch
    },
    concerns: () => true,
    decide,
    ...(inner.veto === undefined ? {} : { veto: inner.veto.bind(inner) }),
  }
}

/** Which modes are safe for a function (LANGUAGE §15.5, D-77). */
export function modesFor(fn: FunctionDescription): readonly LookupMode[] {
  if (fn.codeHash === undefined) return ['semantic']
  return fn.allowsInterfaceHit ? ['same-code', 'semantic', 'same-interface'] : ['same-code']
}
