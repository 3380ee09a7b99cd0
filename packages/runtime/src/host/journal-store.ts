import { RtfsError } from '@rtfs/core'
import type { CallOptions, JournalEntry, JournalStore } from '@rtfs/interfaces'

/**
 * A store that can also append at once. With one, effects that answer at once are journalled without suspending the
 * run; with any other store every effect suspends, so that its intent is kept before it happens.
 */
export interface SyncJournalStore extends JournalStore {
  appendSync(runId: string, entry: JournalEntry): void
}

/** True for stores that can append at once. */
export function isSyncJournalStore(store: JournalStore): store is SyncJournalStore {
  return typeof (store as Partial<SyncJournalStore>).appendSync === 'function'
}

/** Keeps journals in memory: runs survive anything but the end of the process. For tests, and as a model of a store. */
export function createMemoryJournalStore(): SyncJournalStore {
  const runs = new Map<string, JournalEntry[]>()
  let closed = false

  function requireOpen(options?: CallOptions): void {
    if (closed) throw new RtfsError('RTFS_USAGE', 'the journal store is closed')
    if (options?.signal?.aborted)
      throw new RtfsError('RTFS_ABORTED', 'aborted', { cause: options.signal.reason })
  }

  function appendSync(runId: string, entry: JournalEntry): void {
    requireOpen()
    const entries = runs.get(runId)
    // A copy: an entry may compute its hash when it is first read.
    if (entries === undefined) runs.set(runId, [{ ...entry }])
    else entries.push({ ...entry })
  }

  return {
    async load(runId, options) {
      requireOpen(options)
      return [...(runs.get(runId) ?? [])]
    },
    async append(runId, entry, options) {
      requireOpen(options)
      appendSync(runId, entry)
    },
    appendSync,
    async close() {
      closed = true
    },
  }
}
