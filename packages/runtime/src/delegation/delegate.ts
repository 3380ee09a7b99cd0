import { isRtfsError, Suspended, type Value } from '@rtfs/core'
import type { CallContext, DelegationDecision, Effect, L4CacheHit, PreparedModule } from '@rtfs/interfaces'
import { callExport, executionContext } from '../bytecode/execution-context.js'
import { decisionOfResult } from '../host/journal.js'
import { isPromise } from '../host/performer.js'
import type { RunState } from '../host/run-state.js'
import type { RunServices } from '../host/services.js'
import type { Delegate, DelegatedFunction } from '../shared/services.js'
import { decisionKey, decisionOfHint } from './decisions.js'
import { Describer } from './describe.js'
import { argumentFingerprint } from './fingerprint.js'
import { modelAnswer, promptOf } from './model-answer.js'
import type { DelegationOptions } from './options.js'

/** An effect that no journal keeps: fetching the bytes of a cache hit. */
export interface LoadEffect {
  readonly kind: 'load'
  readonly position: string
  readonly hit: L4CacheHit
}

/** What delegation asks of the run it belongs to. */
export interface DelegateContext {
  readonly services: RunServices
  /** Hash of level, grants, limits and task. */
  readonly contextHash: string
}

/** Decides about calls of named functions and makes those that run elsewhere (LANGUAGE §15.5). */
export class CallDelegate implements Delegate {
  readonly #options: DelegationOptions
  readonly #context: DelegateContext
  readonly #describer = new Describer()
  readonly #decided = new Map<string, DelegationDecision>()
  #decidedIn: RunState | undefined
  /** Modules that were loaded, `undefined` for those that could not be: their calls stay here. */
  readonly #loaded = new Map<string, PreparedModule | undefined>()

  constructor(options: DelegationOptions, context: DelegateContext) {
    this.#options = options
    this.#context = context
  }

  call(fn: DelegatedFunction, args: readonly Value[]): Value | undefined {
    const decision = this.#decide(fn, args)
    const target = decision?.target
    switch (target?.kind) {
      case undefined:
      case 'local-pure':
        return undefined
      case 'local-model':
      case 'remote-model':
        return this.#askModel(target.id, fn, args)
      case 'l4-cache-hit':
        return this.#callHit(target, fn, args)
    }
  }

  get #run(): RunState {
    return this.#context.services.run
  }

  #decide(fn: DelegatedFunction, args: readonly Value[]): DelegationDecision | undefined {
    const { hint } = fn.declaration
    const fixed = hint === undefined ? undefined : decisionOfHint(hint)
    if (fixed !== undefined) return fixed
    const { engine } = this.#options
    if (engine === undefined || !fn.isGlobal) return undefined
    if (hint === undefined && !engine.concerns(fn.symbol)) return undefined
    const fingerprint = argumentFingerprint(args)
    const key = `${fn.symbol} ${fingerprint}`
    const decided = this.#decisionsOfRun()
    const known = decided.get(key)
    if (known !== undefined) return known
    const context = this.#callContext(fn, fingerprint)
    const decision = this.#recorded(context) ?? this.#ask(context)
    decided.set(key, decision)
    return decision
  }

  /** A decision holds for all of a run, so that evaluating again takes the same way; the next run asks anew. */
  #decisionsOfRun(): Map<string, DelegationDecision> {
    if (this.#decidedIn !== this.#run) {
      this.#decidedIn = this.#run
      this.#decided.clear()
    }
    return this.#decided
  }

  #callContext(fn: DelegatedFunction, fingerprint: string): CallContext {
    const { describe } = this.#options
    const description = describe === undefined ? this.#describer.describe(fn) : describe(fn)
    return {
      fnSymbol: fn.symbol,
      argTypeFingerprint: fingerprint,
      runtimeContextHash: this.#context.contextHash,
      ...(description === undefined ? {} : { fn: description }),
    }
  }

  /** What the journal says was decided. */
  #recorded(context: CallContext): DelegationDecision | undefined {
    const key = decisionKey(context)
    const answer = this.#run.journal.answerTo(key, 'decide', [context.runtimeContextHash])
    return answer === undefined || answer === 'in-doubt' ? undefined : decisionOfResult(answer)
  }

  #ask(context: CallContext): DelegationDecision {
    const run = this.#run
    const position = decisionKey(context)
    const effect: Effect = { kind: 'decide', position, context }
    if (run.mode !== 'inline') throw new Suspended([effect])
    if (!run.journal.isBegun(position))
      run.journal.begin(position, 'decide', [context.runtimeContextHash], true)
    const answer = this.#consult(context)
    if (isPromise(answer)) {
      run.defer(
        position,
        answer.then(decision => ({ ok: true, decision })),
      )
      throw new Suspended([effect])
    }
    run.journal.end(position, { ok: true, decision: answer })
    run.saveNow()
    return answer
  }

  /** Asks the engine; one that fails is reported, and the call stays here. */
  #consult(context: CallContext): DelegationDecision | Promise<DelegationDecision> {
    const { engine } = this.#options
    const run = this.#run
    const stay = (error: unknown) => this.#stay(context.fnSymbol, error)
    try {
      const answer = run.excludeWaiting(() => engine!.decide(context, signalOf(run)))
      return isPromise(answer) ? (answer as Promise<DelegationDecision>).catch(stay) : answer
    } catch (error) {
      return stay(error)
    }
  }

  #stay(symbol: string, error: unknown): DelegationDecision {
    this.#options.onFault?.({ symbol, error })
    const reason = error instanceof Error ? error.message : String(error)
    return { target: { kind: 'local-pure' }, source: 'fault', reason, confidence: 1, trace: [] }
  }

  /** Performs a decision that the run suspended for, when the run is not performed by somebody else. */
  async decideLater(effect: Extract<Effect, { kind: 'decide' }>): Promise<DelegationDecision> {
    return this.#consult(effect.context)
  }

  /** A model is a capability, so grants, journal and provenance hold for it as for any other. */
  #askModel(id: string, fn: DelegatedFunction, args: readonly Value[]): Value {
    const { services } = this.#context
    const text = services.perform(`model-call:${id}`, [promptOf(args, services.meter)])
    return modelAnswer(text, fn, services.meter)
  }

  /** Runs the export of a cached module; `undefined` when it cannot be loaded or does not cover the call. */
  #callHit(hit: L4CacheHit, { symbol, unit }: DelegatedFunction, args: readonly Value[]): Value | undefined {
    const module = this.#module(hit, symbol)
    if (module === undefined) return undefined
    try {
      return callExport(module, hit.exportName, args, executionContext(this.#context.services, unit))
    } catch (error) {
      if (!isRtfsError(error, 'UnsupportedError') && !isRtfsError(error, 'RTFS_MODULE_REJECTED')) throw error
      this.#options.onFault?.({ symbol, error })
      return undefined
    }
  }

  #module(hit: L4CacheHit, symbol: string): PreparedModule | undefined {
    const position = `load:${hit.storagePointer}:${hit.exportName}`
    if (this.#loaded.has(position)) return this.#loaded.get(position)
    const run = this.#run
    const answer = this.#load(hit, symbol)
    if (!isPromise(answer)) {
      this.#loaded.set(position, answer)
      return answer
    }
    // When somebody else drives the run, there is nobody to wait for the bytes.
    if (run.mode === 'external') return undefined
    run.prepare(
      position,
      answer.then(module => void this.#loaded.set(position, module)),
    )
    const effect: LoadEffect = { kind: 'load', position, hit }
    throw new Suspended([effect])
  }

  /** The module of a hit; `undefined` when it cannot be loaded, which is reported. */
  #load(hit: L4CacheHit, symbol: string): PreparedModule | undefined | Promise<PreparedModule | undefined> {
    const { resolveHit } = this.#options
    const run = this.#run
    const give = (error: unknown): undefined => void this.#options.onFault?.({ symbol, error })
    if (resolveHit === undefined) return undefined
    try {
      const answer = run.excludeWaiting(() => resolveHit(hit, signalOf(run)))
      return isPromise(answer) ? (answer as Promise<PreparedModule | undefined>).catch(give) : answer
    } catch (error) {
      return give(error)
    }
  }
}

function signalOf(run: RunState): { readonly signal?: AbortSignal } {
  return run.signal === undefined ? {} : { signal: run.signal }
}
