import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { decodeUtf8, encodeUtf8, RtfsError, sha256Hex } from '@rtfs/core'

/** What stands beside the data of a saved index. */
export interface Notes {
  readonly format: 2
  /** `hnsw`: the data is a graph of hnswlib. `exact`: vectors, one after the other. */
  readonly kind: 'hnsw' | 'exact'
  readonly dimension: number
  /** Of the graph: the label of each id. Of vectors: their order. */
  readonly ids: readonly (readonly [label: number, id: string])[]
  /** What the index was derived from, in the words of whoever saved it. */
  readonly note: string
}

interface SignedNotes extends Notes {
  /** SHA-256 of the data: the native code crashes on a graph that is damaged. */
  readonly data: string
}

/** A saved index that is whole. */
export interface SavedIndex {
  readonly notes: Notes
  readonly data: Uint8Array
}

/** Unfinished files of processes that were killed are removed when they are older. */
const leftoverMs = 3_600_000

/** Data is named by its digest, so that a name never stands for other bytes, whoever saves at the same time. */
const dataOf = (file: string, digest: string) => `${file}-${digest.slice(0, 32)}`

/**
 * Writes data and notes beside their places, then renames: the notes last, because they vouch for the data. `write` puts
 * the data into a file.
 */
export async function writeSavedIndex(
  file: string,
  notes: Notes,
  write: (path: string) => void | Promise<void>,
): Promise<void> {
  const temporary = `${file}.tmp-${randomBytes(8).toString('hex')}`
  try {
    await write(temporary)
    const digest = sha256Hex(await readFile(temporary))
    const signed: SignedNotes = { ...notes, data: digest }
    const body = JSON.stringify(signed)
    await writeFile(`${temporary}.json`, `${sha256Hex(encodeUtf8(body))}\n${body}`, { flag: 'wx' })
    await rename(temporary, dataOf(file, digest))
    await rename(`${temporary}.json`, `${file}.json`)
    await removeOld(file, dataOf(file, digest))
  } catch (cause) {
    await Promise.all([rm(temporary, { force: true }), rm(`${temporary}.json`, { force: true })])
    throw new RtfsError('RTFS_STORE_IO', `cannot save the index as ${file}`, { cause })
  }
}

/** What the notes no longer name. Best effort: a process that reads it at this moment builds its index anew. */
async function removeOld(file: string, kept: string): Promise<void> {
  const directory = dirname(file)
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const isOldData = name.startsWith(`${basename(file)}-`) && path !== kept
    const isLeftover = name.startsWith(`${basename(file)}.tmp-`)
    if (!isOldData && !isLeftover) continue
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (isOldData || mtimeMs < Date.now() - leftoverMs) await rm(path, { force: true }).catch(() => {})
  }
}

/** `undefined` for an index that is not there, damaged in a single bit, or of another dimension: it is built anew. */
export async function readSavedIndex(file: string, dimension: number): Promise<SavedIndex | undefined> {
  // Twice: another process may save, and remove the data that the notes just named.
  for (let attempt = 0; attempt < 2; attempt++) {
    const notes = await readNotes(`${file}.json`)
    if (notes === undefined || notes.dimension !== dimension) return undefined
    try {
      const data = await readFile(dataOf(file, notes.data))
      return sha256Hex(data) === notes.data ? { notes, data } : undefined
    } catch {}
  }
  return undefined
}

async function readNotes(path: string): Promise<SignedNotes | undefined> {
  let text: string | undefined
  try {
    text = decodeUtf8(await readFile(path))
  } catch {
    return undefined
  }
  const body = text?.slice(65)
  if (text === undefined || body === undefined || text.slice(0, 65) !== `${sha256Hex(encodeUtf8(body))}\n`)
    return undefined
  const notes = JSON.parse(body) as SignedNotes
  return notes.format === 2 ? notes : undefined
}

/**
 * Hands `data` to `read` as a file that only this process can reach: native code opens by name, and must find the very
 * bytes whose digest was checked.
 */
export async function withPrivateCopy(data: Uint8Array, read: (path: string) => void): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'rtfs-index-'))
  try {
    const path = join(directory, 'graph')
    await writeFile(path, data, { mode: 0o600, flag: 'wx' })
    read(path)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
