import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { decodeUtf8, encodeUtf8, RtfsError, sha256Hex } from '@rtfs/core'

/** A saved index that is whole: the graph, and which id each of its labels stands for. */
export interface SavedIndex {
  readonly file: string
  readonly ids: readonly (readonly [label: number, id: string])[]
}

interface Notes {
  readonly format: 1
  readonly dimension: number
  /** SHA-256 of the graph file: the native code crashes on one that is damaged. */
  readonly graph: string
  readonly ids: readonly (readonly [label: number, id: string])[]
}

const notesOf = (file: string) => `${file}.json`

/** Writes both files beside their places, then renames: the notes last, because they vouch for the graph. */
export async function writeSavedIndex(
  file: string,
  dimension: number,
  ids: ReadonlyMap<number, string>,
  write: (path: string) => void,
): Promise<void> {
  const temporary = `${file}.tmp-${randomBytes(8).toString('hex')}`
  try {
    write(temporary)
    const graph = sha256Hex(await readFile(temporary))
    const notes: Notes = { format: 1, dimension, graph, ids: [...ids] }
    const body = JSON.stringify(notes)
    await writeFile(notesOf(temporary), `${sha256Hex(encodeUtf8(body))}\n${body}`, { flag: 'wx' })
    await rename(temporary, file)
    await rename(notesOf(temporary), notesOf(file))
  } catch (cause) {
    await Promise.all([rm(temporary, { force: true }), rm(notesOf(temporary), { force: true })])
    throw new RtfsError('RTFS_STORE_IO', `cannot save the index as ${file}`, { cause })
  }
}

/** `undefined` for an index that is not there, damaged in a single bit, or of another dimension: it is built anew. */
export async function readSavedIndex(file: string, dimension: number): Promise<SavedIndex | undefined> {
  let notesText: string | undefined
  let graph: Uint8Array
  try {
    notesText = decodeUtf8(await readFile(notesOf(file)))
    graph = await readFile(file)
  } catch {
    return undefined
  }
  const notes = readNotes(notesText)
  if (notes === undefined || notes.dimension !== dimension || notes.graph !== sha256Hex(graph))
    return undefined
  return { file, ids: notes.ids }
}

function readNotes(text: string | undefined): Notes | undefined {
  const body = text?.slice(65)
  if (text === undefined || body === undefined || text.slice(0, 65) !== `${sha256Hex(encodeUtf8(body))}\n`)
    return undefined
  const notes = JSON.parse(body) as Notes
  return notes.format === 1 ? notes : undefined
}
