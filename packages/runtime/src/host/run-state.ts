import { type ResourceHandle, RtfsError } from '@rtfs/core'
import type { Clock, EffectResult, JournalStore } from '@rtfs/interfaces'
import type { Journal } from './journal.js'
import { isSyncJournalStore, type SyncJournalStore } from './journal-store.js'

/**
 * How effects happen. `inline`: at once where they answer at once. `suspend`: never during evaluation, since a store
 * must hold their intent first. `external`: somebody else performs them.
 */
export type EffectMode = 'inline' | 'suspend' | 'external'

/** An effect whose intent is in the journal and whose result is not: the process ended in between. */
export interface EffectInDoubt {
  readonly capability: string
  readonly position: string
}

/** What a run keeps from one attempt to the next. */
export class RunState {
  #id: string | undefined
  readonly journal: Journal
  #mode: EffectMode
  #isReplay = false
  readonly signal: AbortSignal | undefined
  readonly store: JournalStore | undefined
  /** Effects that were begun and have not answered yet. */
  readonly pending = new Map<string, Promise<EffectResult>>()
  /** What the next attempt needs: modules being loaded. */
  readonly preparations = new Map<string, Promise<void>>()
  /** Positions whose log lines, step reports and such were sent. */
  readonly sent = new Set<string>()
  /** What the host called the steps it was told of, by position. */
  readonly stepIds = new Map<string, string>()
  /** Handles that `with-resource` holds, in the order they were opened, with the name of their type. */
  readonly held = new Map<
    string,
    { readonly handle: ResourceHandle; readonly typeName: string | undefined }
  >()
  /** Decides about effects that were begun and have no result, and are not idempotent. */
  readonly retryInDoubt: (effect: EffectInDoubt) => boolean
  readonly #clock: Clock
  #waited = 0
  #saving: Promise<void> = Promise.resolve()

  constructor(options: {
    /** Default: one that no other run has. */
    readonly id?: string | undefined
    readonly journal: Journal
    readonly clock: Clock
    readonly external?: boolean
    readonly retryInDoubt?: ((effect: EffectInDoubt) => boolean) | undefined
    readonly signal?: AbortSignal | undefined
    readonly store?: JournalStore | undefined
  }) {
    this.#id = options.id
    this.journal = options.journal
    this.#clock = options.clock
    this.signal = options.signal
    this.store = options.store
    this.retryInDoubt = options.retryInDoubt ?? (() => false)
    this.#mode = modeOf(options.external === true, options.store)
  }

  get mode(): EffectMode {
    return this.#mode
  }

  /** True for a run that is only evaluated again. */
  get isReplay(): boolean {
    return this.#isReplay
  }

  /** Names the run; part of the idempotency keys of its effects, so no two runs of the world may share one. */
  get id(): string {
    // Made when an effect asks for it: most runs have none, and loading the platform's cryptography takes time.
    return (this.#id ??= newRunId())
  }

  /** From now on the run is only evaluated again: nothing that is not in its journal happens any more. */
  replayOnly(): void {
    this.#mode = 'external'
    this.#isReplay = true
  }

  /** An effect that was begun and answers later. */
  defer(position: string, answer: Promise<EffectResult>): void {
    // The driver looks at it later; until then a rejection is not unhandled.
    answer.catch(() => {})
    this.pending.set(position, answer)
  }

  /** Work the next attempt needs done first; it leaves nothing in the journal. */
  prepare(position: string, work: Promise<void>): void {
    this.preparations.set(position, work)
  }

  /** Runs something of the host's; its time does not count for the program's deadline. */
  excludeWaiting<T>(work: () => T): T {
    const from = this.#clock.monotonic()
    try {
      return work()
    } finally {
      this.#waited += this.#clock.monotonic() - from
    }
  }

  /** Milliseconds of the program's own time, for its account. */
  readonly now = (): number => this.#clock.monotonic() - this.#waited

  /** Appends to the store what the journal has that the store has not, where the store can do it at once. */
  saveNow(): void {
    if (this.store === undefined) {
      this.journal.takeAdded()
      return
    }
    const store = this.store as SyncJournalStore
    for (const entry of this.journal.takeAdded()) store.appendSync(this.id, entry)
  }

  /** The same for any store. Entries are kept in the order in which they were made. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#append())
    return this.#saving
  }

  async #append(): Promise<void> {
    const entries = this.journal.takeAdded()
    if (this.store === undefined) return
    for (const entry of entries) await this.store.append(this.id, entry)
  }

  /** Throws when the run was cancelled. */
  checkAborted(): void {
    if (this.signal?.aborted === true) throw aborted(this.signal)
  }
}

function modeOf(external: boolean, store: JournalStore | undefined): EffectMode {
  if (external) return 'external'
  return store === undefined || isSyncJournalStore(store) ? 'inline' : 'suspend'
}

/** The error of a cancelled run. No program sees it. */
export function aborted(signal: AbortSignal): RtfsError {
  return new RtfsError('RTFS_ABORTED', 'the run was cancelled', { cause: signal.reason })
}

export function newRunId(): string {
  return crypto.randomUUID()
}
