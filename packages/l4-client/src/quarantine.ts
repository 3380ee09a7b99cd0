import type { Clock, Logger, ModuleRecord } from '@rtfs/interfaces'
import type { Gate, Refusal } from './gates.js'

/** A record that was found damaged. It is not looked at again until it is replaced or released. */
export interface Quarantined {
  readonly id: string
  readonly sequence: number
  readonly gate: Gate
  readonly reason: string
  readonly at: number
}

export interface Quarantine {
  find(record: ModuleRecord): Quarantined | undefined
  /** Puts a damaged record aside and reports it, once. */
  add(record: ModuleRecord, refusal: Refusal): void
  release(record: ModuleRecord): void
  list(): readonly Quarantined[]
}

/** Damage beyond this many records is no longer told apart one by one; the oldest is looked at again. */
const maxEntries = 1000

/** In memory only: whether a record is damaged is for each process to find out. */
export function createQuarantine(clock: Clock, logger: Logger): Quarantine {
  const entries = new Map<string, Quarantined>()
  const keyOf = (record: ModuleRecord) => `${record.id}#${record.sequence}`
  return {
    find: record => entries.get(keyOf(record)),
    add(record, { gate, reason }) {
      const key = keyOf(record)
      if (entries.has(key)) return
      if (entries.size >= maxEntries) entries.delete(entries.keys().next().value!)
      entries.set(key, { id: record.id, sequence: record.sequence, gate, reason, at: clock.now() })
      logger.log('warn', 'l4.quarantine', {
        module: record.id,
        namespace: record.namespace,
        name: record.name,
        pointer: record.storagePointer,
        gate,
        reason,
      })
    },
    release: record => void entries.delete(keyOf(record)),
    list: () => [...entries.values()],
  }
}
