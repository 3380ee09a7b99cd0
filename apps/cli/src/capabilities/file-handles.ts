import { randomUUID } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import {
  decodeUtf8,
  invalidArgument,
  isRtfsError,
  Keyword,
  ResourceHandle,
  resourceError,
  securityViolation,
  type Value,
} from '@rtfs/core'
import { reasonOf } from '@rtfs/sdk/files'
import { ioError, pathInScope } from './paths.js'
import type { CapabilityContext, CapabilityFamily } from './scopes.js'

const openId = 'ccos.io.open-file'
const writeId = 'ccos.io.write-line'

/** The largest line that a program may read. */
const maxLine = 64 * 1024 * 1024

/** Files that one program may hold open at a time. */
const maxOpen = 128

const chunkSize = 64 * 1024

interface Mode {
  readonly reads: boolean
  readonly writes: boolean
  readonly flags: number
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants

const read: Mode = { reads: true, writes: false, flags: O_RDONLY }
const write: Mode = { reads: false, writes: true, flags: O_WRONLY | O_CREAT | O_TRUNC }
const append: Mode = { reads: false, writes: true, flags: O_WRONLY | O_CREAT | O_APPEND }
const readWrite: Mode = { reads: true, writes: true, flags: O_RDWR }

const modes: ReadonlyMap<string, Mode> = new Map([
  ['r', read],
  ['read', read],
  ['w', write],
  ['write', write],
  ['a', append],
  ['append', append],
  ['r+', readWrite],
  ['read-write', readWrite],
])

/** Files that are read and written line by line (LANGUAGE §13.7). Opening one for writing needs `write-line` as well. */
export const fileHandleCapabilities: CapabilityFamily = context => {
  const files = new OpenFiles()
  return {
    [openId]: ([path, mode]) => files.open(path, modeOf(mode), context),
    'ccos.io.read-line': ([handle]) => files.find(handle).readLine(),
    [writeId]: ([handle, text]) => {
      if (typeof text !== 'string') throw invalidArgument('write-line takes a handle and a string')
      files.find(handle).writeLine(text)
      return null
    },
    'ccos.io.close-file': ([handle]) => {
      files.close(handle)
      return null
    },
  }
}

function modeOf(mode: Value | undefined): Mode {
  if (mode === undefined || mode === null) return read
  const name = mode instanceof Keyword ? mode.name : mode
  const found = typeof name === 'string' ? modes.get(name) : undefined
  if (found !== undefined) return found
  throw invalidArgument('the mode of a file is "r", "w", "a", "r+" or :read, :write, :append, :read-write')
}

// A run that was given up cannot close its files; they end with what knew them.
const abandoned = new FinalizationRegistry<number>(descriptor => closeSync(descriptor))

/** The files of one program. Handles cannot be guessed, so that none gets at the files of another program. */
class OpenFiles {
  readonly #files = new Map<string, OpenFile>()

  open(path: Value | undefined, mode: Mode, { scopesOf, isGranted, cwd }: CapabilityContext): ResourceHandle {
    if (typeof path !== 'string') throw invalidArgument('a path is a string')
    const real = pathInScope(openId, path, scopesOf(openId), cwd)
    if (mode.writes) {
      if (!isGranted(writeId)) throw securityViolation(`opening ${path} for writing`, writeId, 'controlled')
      pathInScope(writeId, path, scopesOf(writeId), cwd)
    }
    if (this.#files.size >= maxOpen) {
      throw resourceError('file', `${maxOpen} files are open; close one first`, 'unavailable')
    }
    const file = new OpenFile(path, mode, openRegular(path, real, mode))
    const text = `resource://files/${randomUUID()}`
    this.#files.set(text, file)
    abandoned.register(file, file.descriptor, file)
    return new ResourceHandle(text)
  }

  find(handle: Value | undefined): OpenFile {
    if (!(handle instanceof ResourceHandle)) throw invalidArgument('an open file is a resource handle')
    const file = this.#files.get(handle.text)
    if (file !== undefined) return file
    throw resourceError(
      'file',
      `${handle.text} is not open: it was closed, or opened by another run`,
      'released',
    )
  }

  close(handle: Value | undefined): void {
    const file = this.find(handle)
    this.#files.delete((handle as ResourceHandle).text)
    abandoned.unregister(file)
    file.use(() => closeSync(file.descriptor))
  }
}

function openRegular(path: string, real: string, { flags }: Mode): number {
  try {
    // Without `O_NONBLOCK` opening a pipe that nobody uses would wait for ever.
    const descriptor = openSync(real, flags | O_NOFOLLOW | O_NONBLOCK, 0o666)
    if (fstatSync(descriptor).isFile()) return descriptor
    closeSync(descriptor)
  } catch (cause) {
    throw ioError(`${path}: ${reasonOf(cause)}`, cause)
  }
  throw ioError(`${path}: it is no file`)
}

/** One position for reading and writing, as in C; what is appended goes to the end. */
class OpenFile {
  readonly descriptor: number
  readonly #path: string
  readonly #mode: Mode
  /** Where the next line begins. */
  #position = 0
  /** What was read from `#position` on. */
  #ahead: Uint8Array = new Uint8Array()

  constructor(path: string, mode: Mode, descriptor: number) {
    this.#path = path
    this.#mode = mode
    this.descriptor = descriptor
  }

  /** Faults of the file system become IoError. */
  use<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      if (isRtfsError(cause)) throw cause
      throw ioError(`${this.#path}: ${reasonOf(cause)}`, cause)
    }
  }

  readLine(): string | null {
    if (!this.#mode.reads) throw ioError(`${this.#path}: it is not open for reading`)
    const { length, ending } = this.use(() => this.#findLineEnd())
    if (length + ending === 0) return null
    const text = decodeUtf8(this.#ahead.subarray(0, length))
    if (text === undefined) throw ioError(`${this.#path}: it is not UTF-8 text`)
    this.#position += length + ending
    this.#ahead = this.#ahead.subarray(length + ending)
    return text
  }

  /** Bytes of the next line, and those of its end: none in the last one. */
  #findLineEnd(): { readonly length: number; readonly ending: number } {
    for (let at = 0; ; at++) {
      if (!this.#has(at)) return { length: at, ending: 0 }
      const byte = this.#ahead[at]
      if (byte === 10) return { length: at, ending: 1 }
      if (byte === 13) return { length: at, ending: this.#has(at + 1) && this.#ahead[at + 1] === 10 ? 2 : 1 }
    }
  }

  /** Reads as far as byte `at` behind the position; false at the end of the file. */
  #has(at: number): boolean {
    if (at < this.#ahead.length) return true
    if (at > maxLine) throw ioError(`${this.#path}: a line is longer than ${maxLine} bytes`)
    // Twice as much each time: a long line is copied a few times, not once a chunk.
    const chunk = new Uint8Array(Math.max(chunkSize, this.#ahead.length))
    const size = readSync(this.descriptor, chunk, 0, chunk.length, this.#position + this.#ahead.length)
    const joined = new Uint8Array(this.#ahead.length + size)
    joined.set(this.#ahead)
    joined.set(chunk.subarray(0, size), this.#ahead.length)
    this.#ahead = joined
    return at < joined.length
  }

  writeLine(text: string): void {
    if (!this.#mode.writes) throw ioError(`${this.#path}: it is not open for writing`)
    this.use(() => {
      const bytes = Buffer.from(`${text}\n`)
      this.#ahead = new Uint8Array()
      for (let done = 0; done < bytes.length; ) {
        const size = writeSync(this.descriptor, bytes, done, bytes.length - done, this.#position)
        done += size
        this.#position += size
      }
    })
  }
}
