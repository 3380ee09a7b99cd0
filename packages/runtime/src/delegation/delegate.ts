import { isCatchable, isRtfsError, Suspended, typeName, type Value } from '@rtfs/core'
import type {
  CallContext,
  DelegationDecision,
  DelegationEngine,
  Effect,
  L4CacheHit,
  PreparedModule,
} from '@rtfs/interfaces'
import { callExport, executionContext } from '../bytecode/execution-context.js'
import { decisionOfResult } from '../host/journal.js'
import { isPromise } from '../host/performer.js'
import type { RunState } from '../host/run-state.js'
import type { RunServices } from '../host/services.js'
import { withoutImplementation } from '../shared/declarations.js'
import type { Delegate, DelegatedFunction } from '../shared/services.js'
import { dataClassOf } from './data-class.js'
import { decisionKey, decisionOfHint } from './decisions.js'
import { Describer } from './describe.js'
import { hasTypes, typesFingerprint } from './fingerprint.js'
import { aboutFunction, modelAnswer, promptOf, repairPrompt } from './model-answer.js'
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

/** The last decision about a function: most call sites always pass the same types. */
interface Memo {
  readonly types: readonly string[]
  readonly decision: DelegationDecision
  /** Epoch of the engine when it decided; -1 for what must be asked again in the next run. */
  readonly epoch: number
  run: RunState
}

/** Decides about calls of named functions and makes those that run elsewhere (LANGUAGE §15.5). */
export class CallDelegate implements Delegate {
  readonly #options: DelegationOptions
  readonly #context: DelegateContext
  readonly #describer = new Describer()
  readonly #decided = new Map<string, DelegationDecision>()
  #decidedIn: RunState | undefined
  #epoch = 0
  #epochOf: RunState | undefined
  readonly #memos = new WeakMap<DelegatedFunction, Memo>()
  /** The one that was asked for last: a look-up in a weak map costs a third of a call that stays here. */
  #last: { readonly fn: DelegatedFunction; readonly memo: Memo } | undefined
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
        if (decision !== undefined && !fn.declaration.hasBody) this.#requireAnswer(fn, decision)
        return undefined
      case 'local-model':
      case 'remote-model':
        return this.#askModel(target.id, fn, args)
      case 'l4-cache-hit':
        return this.#callHit(target, fn, args)
    }
  }

  /** The engine's, as it was when the run began: evaluating again has to take the same way. */
  get epoch(): number {
    if (this.#epochOf !== this.#run) {
      this.#epochOf = this.#run
      this.#epoch = this.ruleEpoch
    }
    return this.#epoch
  }

  get ruleEpoch(): number {
    return this.#options.engine?.epoch ?? 0
  }

  /** False when nothing but a hint makes calls of the function go elsewhere. */
  concerns(symbol: string): boolean {
    return this.#options.engine?.concerns(symbol) === true
  }

  /** A declaration without a body that was kept here for a reason says the reason. */
  #requireAnswer({ symbol, declaration }: DelegatedFunction, decision: DelegationDecision): void {
    if (decision.source !== 'veto' && decision.source !== 'fault') return
    throw withoutImplementation(symbol, declaration, decision.reason)
  }

  get #run(): RunState {
    return this.#context.services.run
  }

  #decide(fn: DelegatedFunction, args: readonly Value[]): DelegationDecision | undefined {
    const memo = this.#memoOf(fn)
    const run = this.#run
    if (memo !== undefined && memo.run === run && hasTypes(args, memo.types)) return memo.decision
    const { engine, onDecision } = this.#options
    const { hint } = fn.declaration
    const fixed = hint === undefined ? undefined : decisionOfHint(hint)
    if (fixed !== undefined) {
      if (engine?.veto === undefined && onDecision === undefined) return fixed
      return this.#byHint(fn, args.map(typeName), fixed)
    }
    if (engine === undefined || !fn.isGlobal) return undefined
    if (hint === undefined && !run.isReplay && !engine.concerns(fn.symbol)) return undefined
    const types = args.map(typeName)
    const fingerprint = typesFingerprint(types)
    const key = `${fn.symbol} ${fingerprint}`
    const decided = this.#decisionsOfRun()
    const known = decided.get(key)
    if (known !== undefined) return this.#remember(fn, types, known)
    const context = this.#callContext(fn, types, fingerprint)
    const recorded = this.#recorded(context)
    // What was not decided about in its time ran here.
    if (recorded === undefined && run.isReplay) return undefined
    const decision = recorded ?? this.#ofEarlierRun(memo, engine, args, context) ?? this.#ask(context)
    decided.set(key, decision)
    this.#options.onDecision?.({ symbol: fn.symbol, decision })
    return this.#remember(fn, types, decision)
  }

  #remember(
    fn: DelegatedFunction,
    types: readonly string[],
    decision: DelegationDecision,
  ): DelegationDecision {
    const epoch = this.#options.engine?.epoch ?? 0
    // A hit may be revoked, and a fault may pass: those are asked about again.
    const lasts = decision.target.kind !== 'l4-cache-hit' && decision.source !== 'fault'
    const memo = { types, decision, epoch: lasts ? epoch : -1, run: this.#run }
    this.#memos.set(fn, memo)
    this.#last = { fn, memo }
    return decision
  }

  #memoOf(fn: DelegatedFunction): Memo | undefined {
    if (this.#last?.fn === fn) return this.#last.memo
    const memo = this.#memos.get(fn)
    if (memo !== undefined) this.#last = { fn, memo }
    return memo
  }

  /** What an earlier run of this session decided, while nothing has changed; noted in the journal of this one. */
  #ofEarlierRun(
    memo: Memo | undefined,
    engine: DelegationEngine,
    args: readonly Value[],
    context: CallContext,
  ): DelegationDecision | undefined {
    const run = this.#run
    if (memo === undefined || memo.epoch !== engine.epoch || !hasTypes(args, memo.types)) return undefined
    if (run.mode !== 'inline') return undefined
    const position = decisionKey(context)
    if (!run.journal.isBegun(position)) {
      run.journal.begin(position, 'decide', [context.runtimeContextHash], true)
    }
    run.journal.end(position, { ok: true, decision: memo.decision })
    run.saveNow()
    return memo.decision
  }

  /** Hints bypass the routing of the engine, not what it forbids. */
  #byHint(fn: DelegatedFunction, types: readonly string[], fixed: DelegationDecision): DelegationDecision {
    const fingerprint = typesFingerprint(types)
    const decided = this.#decisionsOfRun()
    // Functions inside functions may share their name, but neither what their authors want nor the class of their data.
    const dataClass = dataClassOf(fn.declaration.meta) ?? ''
    const key = `${JSON.stringify([fixed.target, dataClass])} ${fn.symbol} ${fingerprint}`
    const known = decided.get(key)
    if (known !== undefined) return this.#remember(fn, types, known)
    const decision = this.#unlessVetoed(this.#callContext(fn, types, fingerprint), fixed)
    decided.set(key, decision)
    this.#options.onDecision?.({ symbol: fn.symbol, decision })
    return this.#remember(fn, types, decision)
  }

  #unlessVetoed(context: CallContext, fixed: DelegationDecision): DelegationDecision {
    const reason = this.#options.engine?.veto?.(context, fixed.target)
    if (reason === undefined) return fixed
    const trace = [...fixed.trace, `veto: ${reason}`]
    return { target: { kind: 'local-pure' }, source: 'veto', reason, confidence: 1, trace }
  }

  /** A decision holds for all of a run, so that evaluating again takes the same way; the next run asks anew. */
  #decisionsOfRun(): Map<string, DelegationDecision> {
    if (this.#decidedIn !== this.#run) {
      this.#decidedIn = this.#run
      this.#decided.clear()
    }
    return this.#decided
  }

  #callContext(fn: DelegatedFunction, types: readonly string[], fingerprint: string): CallContext {
    const { describe, embedder, metadata } = this.#options
    const description = describe === undefined ? this.#describer.describe(fn) : describe(fn)
    const dataClass = dataClassOf(fn.declaration.meta) ?? this.#options.dataClass
    const task = description?.task
    const said = metadata?.(fn.symbol)
    return {
      fnSymbol: fn.symbol,
      argTypeFingerprint: fingerprint,
      runtimeContextHash: this.#context.contextHash,
      argTypes: types,
      ...(dataClass === undefined ? {} : { dataClass }),
      ...(said === undefined ? {} : { metadata: said }),
      ...(embedder === undefined || task === undefined
        ? {}
        : { semanticEmbedding: async options => (await embedder.embed([task], options))[0] }),
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

  /**
   * A model is a capability, so grants, journal and provenance hold for it as for any other. An answer that does not
   * fit the return type is sent back once, with what was wrong.
   */
  #askModel(id: string, fn: DelegatedFunction, args: readonly Value[]): Value {
    const { services } = this.#context
    const { meter } = services
    const about = this.#options.models?.find(id) === undefined ? [] : aboutFunction(fn)
    const prompt = promptOf(args, meter)
    const text = services.perform(`model-call:${id}`, [prompt, ...about])
    try {
      return modelAnswer(text, fn, meter)
    } catch (error) {
      if (!isRtfsError(error) || !isCatchable(error) || typeof text !== 'string') throw error
      const repaired = repairPrompt(prompt, text, error.message)
      return modelAnswer(services.perform(`model-call:${id}`, [repaired, ...about]), fn, meter)
    }
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
