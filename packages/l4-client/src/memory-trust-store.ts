import { RtfsError } from '@rtfs/core'
import type { TrustedKey, TrustStore } from '@rtfs/interfaces'
import { type KeyGrant, trustedKeyOf } from './trusted-key.js'

/** A trust store for as long as the process lives, with the means to change it. */
export interface MemoryTrustStore extends TrustStore {
  /** Adds a key or takes the place of an earlier entry for it. */
  trust(key: KeyGrant): void
  revoke(keyId: string, at: number): void
  setFloor(namespace: string, name: string, version: number): void
}

/** Knows the keys it is given. */
export function createMemoryTrustStore(grants: readonly KeyGrant[] = []): MemoryTrustStore {
  const keys = new Map<string, TrustedKey>()
  const floors = new Map<string, number>()
  let epoch = 0
  const store: MemoryTrustStore = {
    trust(grant) {
      const key = trustedKeyOf(grant)
      // Trusting a key again does not undo its revocation.
      keys.set(key.keyId, { ...key, revokedAt: keys.get(key.keyId)?.revokedAt })
      epoch++
    },
    revoke(keyId, at) {
      const key = keys.get(keyId)
      if (key === undefined) throw new RtfsError('RTFS_KEY', `no key ${keyId} to revoke`)
      keys.set(keyId, { ...key, revokedAt: at })
      epoch++
    },
    setFloor(namespace, name, version) {
      floors.set(JSON.stringify([namespace, name]), version)
      epoch++
    },
    find: async keyId => keys.get(keyId),
    list: async () => [...keys.values()],
    floor: async (namespace, name) => floors.get(JSON.stringify([namespace, name])) ?? 0,
    epoch: async () => String(epoch),
  }
  for (const grant of grants) store.trust(grant)
  return store
}
