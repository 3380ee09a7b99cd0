import { join, resolve } from 'node:path'
import { bytesEqual, digestOf, RtfsError } from '@rtfs/core'
import type { Clock, FileSystem, TrustedKey, TrustStore } from '@rtfs/interfaces'
import { createDurableFiles } from './fs-durable.js'
import { readFault } from './fs-faults.js'
import { withFileLock } from './fs-lock.js'
import { createNodeFileSystem } from './fs-node-file-system.js'
import { decodeTrustFile, emptyTrust, encodeTrustFile, type TrustFile } from './fs-trust-file.js'
import { requireNamespace } from './names.js'
import { systemClock } from './system.js'
import { type KeyGrant, trustedKeyOf } from './trusted-key.js'

export interface FileTrustStoreOptions {
  /** Directory in which `trust.json` lies; made with the first key. */
  readonly dir: string
  /** Default: that of the machine. */
  readonly fileSystem?: FileSystem
  readonly clock?: Clock
}

/** Trusted keys in `trust.json`, which people can read. */
export interface FileTrustStore extends TrustStore {
  /** Adds a key, or takes the place of an earlier entry for it; a revoked key stays revoked. */
  trust(grant: KeyGrant): Promise<TrustedKey>
  /** From now on nothing that this key has ever signed is accepted. Throws `RTFS_KEY` for a key that is not known. */
  revoke(keyId: string): Promise<TrustedKey>
  /** Refuses versions of a module below this one. A floor is never lowered. */
  setFloor(namespace: string, name: string, version: number): Promise<void>
}

/** Opens the trust store below a directory. The file is read with every question, so that no answer is old. */
export function openTrustStore(options: FileTrustStoreOptions): FileTrustStore {
  const { fileSystem = createNodeFileSystem(), clock = systemClock } = options
  const directory = resolve(options.dir)
  const path = join(directory, 'trust.json')
  const files = createDurableFiles(fileSystem, directory)
  let known: { readonly bytes: Uint8Array; readonly epoch: string; readonly file: TrustFile } | undefined

  async function read(): Promise<{ readonly epoch: string; readonly file: TrustFile }> {
    let bytes: Uint8Array | undefined
    try {
      bytes = await fileSystem.readFile(path)
    } catch (cause) {
      throw readFault(cause, path)
    }
    if (bytes === undefined) return { epoch: 'none', file: emptyTrust }
    // Checking public keys takes milliseconds: only when the file is another.
    if (known !== undefined && bytesEqual(known.bytes, bytes)) return known
    known = { bytes, epoch: digestOf(bytes), file: decodeTrustFile(bytes, path) }
    return known
  }

  /** Reads, changes and writes while no other process does, so that no revocation is lost. */
  async function change<T>(
    edit: (file: TrustFile) => { readonly file: TrustFile; readonly result: T },
  ): Promise<T> {
    await files.ensureDirectory(directory)
    return withFileLock(fileSystem, `${path}.lock`, async () => {
      const { file, result } = edit((await read()).file)
      await files.write(path, encodeTrustFile(file))
      return result
    })
  }

  function withKey({ keys, floors }: TrustFile, key: TrustedKey) {
    return { file: { keys: [...keys.filter(other => other.keyId !== key.keyId), key], floors }, result: key }
  }

  return {
    find: async keyId => (await read()).file.keys.find(key => key.keyId === keyId),
    list: async () => (await read()).file.keys,
    async floor(namespace, name) {
      const { floors } = (await read()).file
      return floors.find(floor => floor.namespace === namespace && floor.name === name)?.version ?? 0
    },
    epoch: async () => (await read()).epoch,
    async trust(grant) {
      const key = trustedKeyOf(grant)
      return change(file => {
        const revokedAt = file.keys.find(other => other.keyId === key.keyId)?.revokedAt
        return withKey(file, { ...key, revokedAt })
      })
    },
    async revoke(keyId) {
      return change(file => {
        const key = file.keys.find(other => other.keyId === keyId)
        if (key === undefined) throw new RtfsError('RTFS_KEY', `there is no key ${keyId} to revoke`)
        return withKey(file, { ...key, revokedAt: key.revokedAt ?? clock.now() })
      })
    },
    async setFloor(namespace, name, version) {
      requireNamespace(namespace)
      if (!Number.isSafeInteger(version) || version < 0) {
        throw new RtfsError('RTFS_USAGE', `${version} is no version`)
      }
      await change(({ keys, floors }) => {
        const isOther = (floor: { namespace: string; name: string }) =>
          floor.namespace !== namespace || floor.name !== name
        const before = floors.find(floor => !isOther(floor))?.version ?? 0
        const floor = { namespace, name, version: Math.max(before, version) }
        return { file: { keys, floors: [...floors.filter(isOther), floor] }, result: undefined }
      })
    },
  }
}
