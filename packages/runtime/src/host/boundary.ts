import {
  displayValue,
  encodeUtf8,
  keyword,
  type Meter,
  ResourceHandle,
  RtfsMap,
  RtfsVector,
  resourceError,
  Suspended,
  type Value,
} from '@rtfs/core'
import type { EffectResult, Host, HostCallInfo } from '@rtfs/interfaces'
import type { Metadata } from '@rtfs/parser'
import type {
  Branches,
  HostServices,
  OpenResource,
  OpenStep,
  Place,
  Scoped,
  StepOptions,
} from '../shared/services.js'
import { discoverAgents } from './agents.js'
import { capabilityId } from './capability-id.js'
import { inDoubt, valueOfResult } from './journal.js'
import { notify } from './notify.js'
import {
  type CapabilityEffect,
  checkBoundary,
  type Exposure,
  isPromise,
  type Performer,
} from './performer.js'
import { Positions } from './positions.js'
import type { RunState } from './run-state.js'
import type { Grants } from './security.js'

/** What the boundary is made of, once for a runtime. */
export interface BoundaryOptions {
  readonly grants: Grants
  readonly performer: Performer
  readonly securityContext: string
  readonly causalContext: HostCallInfo['causalContext']
  /** Time that a capability has for its answer, unless its schema says another. */
  readonly timeoutMs: number | undefined
  /** Capability that releases a handle, by the name of its type. */
  readonly releasedBy: ReadonlyMap<string, string>
}

/** A step that is open: what the host calls it, and what its options let the host show. */
interface StepInProgress {
  readonly id: string
  readonly exposure: Exposure | undefined
}

/** The capability that releases a handle: that of its type, where there is one, else the host's `releaseResource`. */
export function releaseCapability(
  typeName: string | undefined,
  { releasedBy, performer }: BoundaryOptions,
): string {
  const capability = typeName === undefined ? undefined : releasedBy.get(typeName)
  return capability !== undefined && performer.capabilities.has(capability)
    ? capability
    : 'rtfs.resource.release'
}

/** The host boundary of one attempt (LANGUAGE §15.1): grants, journal, and everything a program tells its host. */
export class HostBoundary implements HostServices {
  readonly #options: BoundaryOptions
  readonly #run: RunState
  readonly #meter: Meter
  readonly #positions = new Positions()
  readonly #steps: StepInProgress[] = []
  readonly #hints: ReadonlyMap<string, Value>[] = []
  readonly #released = new Set<string>()

  constructor(options: BoundaryOptions, run: RunState, meter: Meter) {
    this.#options = options
    this.#run = run
    this.#meter = meter
  }

  get #host(): Host | undefined {
    return this.#options.performer.capabilities.host
  }

  call(capability: Value, args: readonly Value[], _place: Place): Value {
    return this.perform(capabilityId(capability), args)
  }

  /** Performs a capability: grants, argument types, then the journal or the host (LANGUAGE §15.2, §15.3). */
  perform(capability: string, args: readonly Value[]): Value {
    const schema = this.#options.performer.capabilities.schema(capability)
    const refusal = this.#options.grants.refusal(capability, schema)
    if (refusal !== undefined) throw refusal
    if (schema?.input !== undefined) this.#checkInput(capability, schema.input, args)
    this.#checkHandles(args)
    this.#chargeOutput(capability, args)
    const value = this.#effect(capability, args)
    if (capability === 'ccos.io.close-file') this.#noteReleased(args[0])
    // A host may use the text of a handle again once it was released.
    if (value instanceof ResourceHandle) this.#released.delete(value.text)
    return value
  }

  /** One argument stands for itself, unless the schema is a tuple; several are a tuple. */
  #checkInput(capability: string, input: string, args: readonly Value[]): void {
    const single = args.length === 1 && !input.trimStart().startsWith('[:tuple')
    checkBoundary(single ? args[0]! : RtfsVector.from(args), input, `call/${capability}`, this.#meter)
  }

  #checkHandles(args: readonly Value[]): void {
    for (const arg of args) {
      if (arg instanceof ResourceHandle && this.#released.has(arg.text)) {
        throw resourceError('handle', `${arg.text} is released`, 'released')
      }
    }
  }

  #chargeOutput(capability: string, args: readonly Value[]): void {
    if (capability === 'ccos.io.log' || capability === 'ccos.io.print' || capability === 'ccos.io.println') {
      this.#chargeTexts(args)
    }
  }

  /** Only the output is charged: making the text is the host's work. */
  #chargeTexts(values: readonly Value[]): void {
    const maxLength = this.#meter.limits.outputBytes
    for (const value of values) {
      const text = displayValue(value, { maxLength, ellipsis: '…' })
      this.#meter.output(encodeUtf8(text).length + 1)
    }
  }

  /** The answer from the journal; without one the effect happens now, or the run suspends for it. */
  #effect(capability: string, args: readonly Value[]): Value {
    const position = this.#positions.next()
    const run = this.#run
    const recorded = run.journal.answerTo(position, capability, args)
    if (recorded !== undefined && recorded !== 'in-doubt') return valueOfResult(recorded)
    const effect = this.#describe(position, capability, args)
    if (recorded === 'in-doubt') {
      if (run.pending.has(position)) throw new Suspended([effect])
      if (!run.journal.mayRepeat(position) && !run.retryInDoubt({ capability, position })) {
        throw inDoubt(position, capability)
      }
    } else if (run.mode === 'inline') {
      this.#begin(effect)
    }
    if (run.mode !== 'inline') throw new Suspended([effect])
    return this.#performNow(effect)
  }

  #begin({ position, capability, args }: CapabilityEffect): void {
    const { journal } = this.#run
    journal.begin(position, capability, args, this.#isIdempotent(capability))
    this.#run.saveNow()
  }

  #isIdempotent(capability: string): boolean {
    return this.#options.performer.capabilities.schema(capability)?.idempotent === true
  }

  #performNow(effect: CapabilityEffect): Value {
    const run = this.#run
    run.checkAborted()
    const answer = run.excludeWaiting(() => this.#options.performer.begin(effect, run.signal))
    if (isPromise(answer)) {
      run.defer(effect.position, answer as Promise<EffectResult>)
      throw new Suspended([effect])
    }
    run.journal.end(effect.position, answer)
    run.saveNow()
    return valueOfResult(answer)
  }

  #describe(position: string, capability: string, args: readonly Value[]): CapabilityEffect {
    const step = this.#steps[this.#steps.length - 1]
    const hints = new Map<string, Value>()
    for (const each of this.#hints) for (const [key, value] of each) hints.set(key, value)
    const { securityContext, causalContext } = this.#options
    const timeoutMs = this.#options.performer.capabilities.timeoutMs(capability, this.#options.timeoutMs)
    const exposure = [...this.#steps].reverse().find(each => each.exposure !== undefined)?.exposure
    const context = this.#contextFor(capability, exposure)
    const call: HostCallInfo = {
      capability,
      securityContext,
      causalContext: step === undefined ? causalContext : { ...causalContext, stepId: step.id },
      metadata: {
        idempotencyKey: `${this.#run.id}/${position}`,
        executionHints: hints,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(context === undefined ? {} : { context }),
      },
    }
    const effect = { kind: 'capability', position, capability, args, call } as const
    return exposure === undefined ? effect : { ...effect, exposure }
  }

  /** What a capability is shown of the context: nothing without a grant, and nothing where the step forbids it. */
  #contextFor(capability: string, exposure: Exposure | undefined): Value | undefined {
    const { grants, performer } = this.#options
    if (exposure?.expose === false) return undefined
    if (!grants.seesContext(capability, performer.capabilities.schema(capability))) return undefined
    const host = this.#host
    const keys = exposure?.keys
    if (host?.contextSnapshot !== undefined) return notify(() => host.contextSnapshot!(keys))
    const found = (keys ?? []).flatMap((key): readonly (readonly [string, Value])[] => {
      const value = notify(() => host?.getContextValue?.(key))
      return value === undefined ? [] : [[key, value]]
    })
    return found.length === 0 ? undefined : RtfsMap.from(found.map(([key, value]) => [keyword(key), value]))
  }

  /** Reads of the host's state are recorded too: the host may change its mind before the next attempt. */
  #read(capability: string, name: string, read: () => Value | undefined): Value {
    const position = this.#positions.next()
    const { journal } = this.#run
    const recorded = journal.answerTo(position, capability, [name])
    if (recorded !== undefined && recorded !== 'in-doubt') return valueOfResult(recorded)
    const found = notify(read)
    const value = found === undefined ? null : found
    if (recorded === undefined) journal.begin(position, capability, [name], true)
    journal.end(position, { ok: true, value })
    if (this.#run.mode === 'inline') this.#run.saveNow()
    return value
  }

  /** Tells the host something once in a run, however often the program is evaluated. */
  #send(send: (position: string) => void): string {
    const position = this.#positions.next()
    if (!this.#run.sent.has(position) && !this.#run.journal.isPast(position)) {
      this.#run.sent.add(position)
      notify(() => send(position))
    }
    return position
  }

  log(level: string, values: readonly Value[], { span, unit }: Place): void {
    if (this.#host?.log !== undefined) this.#chargeTexts(values)
    this.#send(() => this.#host?.log?.(level, values, unit.source?.positionAt(span.start)))
  }

  contextValue(name: string): Value {
    return this.#read('rtfs.context.get', name, () => this.#host?.getContextValue?.(name))
  }

  /** The host's value for a free name; `undefined` when it offers none (nil counts as none). */
  contextOffer(name: string): Value | undefined {
    if (this.#host?.getContextValue === undefined) return undefined
    return this.contextValue(name) ?? undefined
  }

  resource(id: string): Value {
    return this.#read('rtfs.resource.get', id, () => {
      const value = this.#host?.getResource?.(id)
      return value === undefined ? id : value
    })
  }

  registerObject(object: Value): void {
    this.#send(() => this.#host?.registerObject?.(object))
  }

  discoverAgents(criteria: Value, options: Value): Value {
    const { capabilities } = this.#options.performer
    return discoverAgents(
      criteria,
      options,
      id => this.#run.mode === 'external' || capabilities.has(id),
      (id, args) => this.perform(id, args),
    )
  }

  openBranches(): Branches {
    const position = this.#positions.next()
    return {
      enter: index => this.#positions.enter(position, index),
      leave: () => this.#positions.leave(),
    }
  }

  openStep(name: string, { exposeContext, contextKeys }: StepOptions): OpenStep {
    const run = this.#run
    const position = this.#send(at => {
      run.stepIds.set(at, this.#host?.notifyStepStarted?.(name) ?? name)
    })
    const id = run.stepIds.get(position) ?? name
    const exposure = exposeContext === undefined ? undefined : { expose: exposeContext, keys: contextKeys }
    this.#steps.push({ id, exposure })
    return {
      complete: value => {
        this.#steps.pop()
        this.#send(() => this.#host?.notifyStepCompleted?.(id, value))
      },
      fail: error => {
        this.#steps.pop()
        this.#send(() => this.#host?.notifyStepFailed?.(id, error))
      },
      abandon: () => {
        this.#steps.pop()
      },
    }
  }

  openHints(meta: Metadata): Scoped {
    this.#hints.push(new Map([...meta].filter(([key]) => key.startsWith('runtime.'))))
    return { close: () => void this.#hints.pop() }
  }

  openResource(handle: Value, typeName: string | undefined): OpenResource {
    if (!(handle instanceof ResourceHandle)) return { release: () => {} }
    this.#run.held.set(handle.text, { handle, typeName })
    return {
      release: () => {
        if (this.#released.has(handle.text)) return
        this.#effect(releaseCapability(typeName, this.#options), [handle])
        this.#noteReleased(handle)
      },
    }
  }

  #noteReleased(handle: Value | undefined): void {
    if (!(handle instanceof ResourceHandle)) return
    this.#released.add(handle.text)
    this.#run.held.delete(handle.text)
  }
}
