import { type Digest, isRtfsError } from '@rtfs/core'
import type { CallOptions } from '@rtfs/interfaces'
import { checkRecord } from './check-record.js'
import type { CacheCore } from './core.js'
import { faultText } from './faults.js'
import { isRefusal } from './gates.js'
import type { Loader } from './load.js'
import { ownDemand, pointersOf } from './pointers.js'

/** One named check of the store. */
export interface StoreCheck {
  readonly name: string
  /** How many things were looked at. */
  readonly checked: number
  readonly failures: readonly { readonly subject: string; readonly problem: string }[]
}

export interface StoreReport {
  readonly sound: boolean
  readonly checks: readonly StoreCheck[]
  /** Blobs that no record names: left by an interrupted publication, or waiting to be collected. Not a failure. */
  readonly unreferenced: readonly Digest[]
}

/** Looks at every record and every blob, and releases from quarantine what has become good again. */
export function createScan<P>(core: CacheCore<P>, loader: Loader<P>) {
  const { blobs, records } = core.options

  return async (options?: CallOptions): Promise<StoreReport> => {
    await core.freshness.refresh()
    const readable = createCheck('records can be read')
    const signed = createCheck('records are signed by a trusted key and equal what was signed')
    const modules = createCheck('modules have the bytes that were signed')
    const companions = createCheck('evidence, IR and source are there')
    const stored = createCheck('blobs have their digests')

    for (const { subject, problem } of await records.check(options)) readable.fail(subject, problem)
    const referenced = new Set<Digest>()
    for await (const record of records.list(options)) {
      readable.pass()
      for (const pointer of pointersOf(record)) referenced.add(pointer)
      if (record.status === 'Revoked') continue
      const subject = `${record.namespace}/${record.name} ${record.id}`
      const approval = await checkRecord({ ...record, status: 'Verified' }, ownDemand(record), core)
      signed.say(subject, isRefusal(approval) ? approval.reason : undefined)
      if (isRefusal(approval)) continue
      const bytes = await loader.bytesOf(record, approval.manifest, options)
      modules.say(subject, isRefusal(bytes) ? bytes.reason : undefined)
      if (!isRefusal(bytes)) core.quarantine.release(record)
      for (const pointer of pointersOf(record).slice(1)) {
        companions.say(`${subject} ${pointer}`, (await problemOf(pointer, options)) ?? undefined)
      }
    }

    const unreferenced: Digest[] = []
    if (blobs.supports.list) {
      for await (const digest of blobs.list(options)) {
        stored.say(digest, await problemOf(digest, options))
        if (!referenced.has(digest)) unreferenced.push(digest)
      }
    }
    const checks = [readable, signed, modules, companions, stored].map(check => check.result())
    const sound = checks.every(check => check.failures.length === 0)
    core.logger.log(sound ? 'info' : 'error', 'l4.verify-store', {
      sound,
      failures: checks.reduce((sum, check) => sum + check.failures.length, 0),
      unreferenced: unreferenced.length,
    })
    return { sound, checks, unreferenced }
  }

  async function problemOf(digest: Digest, options?: CallOptions): Promise<string | undefined> {
    try {
      return (await blobs.get(digest, options)) === undefined ? 'is missing' : undefined
    } catch (cause) {
      if (isRtfsError(cause, 'RTFS_ABORTED')) throw cause
      return faultText(cause)
    }
  }
}

function createCheck(name: string) {
  const failures: { subject: string; problem: string }[] = []
  let checked = 0
  return {
    pass() {
      checked++
    },
    fail(subject: string, problem: string) {
      checked++
      failures.push({ subject, problem })
    },
    say(subject: string, problem: string | undefined) {
      checked++
      if (problem !== undefined) failures.push({ subject, problem })
    },
    result: (): StoreCheck => ({ name, checked, failures }),
  }
}
