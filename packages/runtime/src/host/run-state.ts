import { type ResourceHandle, RtfsError } from '@rtfs/core'
import type { Clock, EffectResult, JournalStore } from '@rtfs/interfaces'
import type { Journal } from './journal.js'
import { isSyncJournalStore, type SyncJournalStore } from './journal-store.js'

/**
 * How effects happen. `inline`: at once where they answer at once. `suspend`: never during evaluation, since a store
 * must hold their intent first. `external`: somebody else performs them.
 */
export type EffectMode = 'inline' | 'suspend' | 'external'

/** What a run keeps from one attempt to the next. */
export class RunState {
  readonly id: string
  readonly journal: Journal
  readonly mode: EffectMode
  readonly signal: AbortSignal | undefined
  readonly store: JournalStore | undefined
  /** Effects that were begun and have not answered yet. */
  readonly pending = new Map<string, Promise<EffectResult>>()
  /** Positions whose log lines, step reports and such were sent. */
  readonly sent = new Set<string>()
  /** What the host called the steps it was told of, by position. */
  readonly stepIds = new Map<string, string>()
  /** Handles that `with-resource` holds, in the order they were opened, with the name of their type. */
  readonly held = new Map<
    string,
    { readonly handle: ResourceHandle; readonly typeName: string | undefined }
  >()
  /** Effects in doubt that the host said may be repeated. */
  readonly repeated = new Set<string>()
  readonly #clock: Clock
  #waited = 0

  constructor(options: {
    readonly id: string
    readonly journal: Journal
    readonly clock: Clock
    readonly external?: boolean
    readonly signal?: AbortSignal | undefined
    readonly store?: JournalStore | undefined
  }) {
    this.id = options.id
    this.journal = options.journal
    this.#clock = options.clock
    this.signal = options.signal
    this.store = options.store
    this.mode = modeOf(options.external === true, options.store)
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

  /** The same for any store. */
  async save(): Promise<void> {
    const entries = this.journal.takeAdded()
    if (this.store === undefined) return
    for (const entry of entries) {
      await this.store.append(this.id, entry, this.signal === undefined ? {} : { signal: this.signal })
    }
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
