import { join, resolve } from 'node:path'
import { decodeUtf8, encodeUtf8, parseDigest, RtfsError } from '@rtfs/core'
import type { Clock, FileSystem, Signer } from '@rtfs/interfaces'
import { canonicalJson, parseCanonicalJson } from './canonical-json.js'
import { hasExactly } from './envelope.js'
import { createDurableFiles } from './fs-durable.js'
import { readFault } from './fs-faults.js'
import { createNodeFileSystem, type NodeFileSystem } from './fs-node-file-system.js'
import { createNodeSigner, generatePrivateKeyPem } from './fs-signing.js'
import { systemClock } from './system.js'

export interface KeyStoreOptions {
  /** Directory in which `keys-v1` lies; made with the first key. */
  readonly dir: string
  /** Default: that of the machine, with private files (0600) and directories (0700). */
  readonly fileSystem?: FileSystem & Partial<Pick<NodeFileSystem, 'permissions'>>
  readonly clock?: Clock
}

/** A signing key, without its secret. */
export interface SigningKey {
  readonly keyId: string
  readonly publicKey: Uint8Array
  readonly label: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Signing keys as files: `<id>.pem` with the secret (PKCS8), `<id>.json` with what may be known. */
export interface KeyStore {
  /** A new key. Nobody trusts it yet. */
  create(label: string): Promise<SigningKey>
  /** Oldest first. */
  list(): Promise<readonly SigningKey[]>
  /** Throws `RTFS_KEY` when there is no such key, or others may read it. */
  signer(keyId: string): Promise<Signer>
}

const layout = 'keys-v1'

/** Opens the signing keys below a directory. Nothing is read before the first call. */
export function openKeyStore(options: KeyStoreOptions): KeyStore {
  const { clock = systemClock } = options
  const fileSystem = options.fileSystem ?? createNodeFileSystem({ fileMode: 0o600, directoryMode: 0o700 })
  const directory = join(resolve(options.dir), layout)
  const files = createDurableFiles(fileSystem, resolve(options.dir))
  const pathOf = (keyId: string, extension: 'pem' | 'json') => join(directory, `${hexOf(keyId)}.${extension}`)

  async function read(path: string): Promise<string | undefined> {
    try {
      const bytes = await fileSystem.readFile(path)
      return bytes && decodeUtf8(bytes)
    } catch (cause) {
      throw readFault(cause, path)
    }
  }

  return {
    async create(label) {
      const pem = generatePrivateKeyPem()
      const { keyId, publicKey } = createNodeSigner(pem)
      const createdAt = clock.now()
      await files.write(pathOf(keyId, 'pem'), encodeUtf8(pem))
      await files.write(pathOf(keyId, 'json'), encodeUtf8(canonicalJson({ keyId, label, createdAt })))
      return { keyId, publicKey, label, createdAt }
    },
    async list() {
      const keys: SigningKey[] = []
      let names: readonly string[]
      try {
        names = await fileSystem.list(directory)
      } catch (cause) {
        throw readFault(cause, directory)
      }
      for (const name of names) {
        if (!/^[0-9a-f]{64}\.pem$/.test(name)) continue
        const keyId = `sha256:${name.slice(0, 64)}`
        const { publicKey } = await signerOf(keyId)
        keys.push({ keyId, publicKey, ...notesOf(await read(pathOf(keyId, 'json'))) })
      }
      return keys.sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1))
    },
    signer: signerOf,
  }

  async function signerOf(keyId: string): Promise<Signer> {
    const path = pathOf(keyId, 'pem')
    const mode = await fileSystem.permissions?.(path)
    if (mode !== undefined && (mode & 0o077) !== 0) {
      throw new RtfsError(
        'RTFS_KEY',
        `others may read ${path} (mode ${mode.toString(8)}): set it to 600, or make a new key`,
      )
    }
    const pem = await read(path)
    if (pem === undefined) throw new RtfsError('RTFS_KEY', `there is no signing key ${keyId}`)
    const signer = createNodeSigner(pem)
    if (signer.keyId !== keyId) throw new RtfsError('RTFS_KEY', `${path} holds another key`)
    return signer
  }
}

/** A key works without its notes; only its name and age are lost. */
function notesOf(text: string | undefined): { readonly label: string; readonly createdAt: number } {
  const value = text === undefined ? undefined : parseCanonicalJson(text)
  if (value === undefined || !hasExactly(value, ['keyId', 'label', 'createdAt']))
    return { label: '', createdAt: 0 }
  return { label: String(value['label']), createdAt: Number(value['createdAt']) || 0 }
}

function hexOf(keyId: string): string {
  if (parseDigest(keyId) === undefined) throw new RtfsError('RTFS_KEY', `'${keyId}' is no key id`)
  return keyId.slice('sha256:'.length)
}
