import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  decodeValue,
  defaultLimits,
  encodeValue,
  internalError,
  invalidArgument,
  isInteger,
  isRtfsError,
  Keyword,
  type MapKey,
  Meter,
  RtfsMap,
  type Value,
} from '@rtfs/core'
import { reasonOf } from '@rtfs/sdk/files'
import { type LibraryContext, storeChanges } from '@rtfs/stdlib'
import { ioError } from './paths.js'
import type { CapabilityContext, CapabilityFamily } from './scopes.js'

const getId = 'ccos.state.kv.get'
const putId = 'ccos.state.kv.put'

/** The largest store, in bytes of its file. */
const maxStore = 64 * 1024 * 1024

/** Milliseconds to wait for another process that writes to the same store. */
const lockPatience = 5000

/** Values by key, kept below the directory: one file a store (LANGUAGE §13.7). The grant names the store. */
export const storeCapabilities: CapabilityFamily = context => ({
  [getId]: ([key]) => readStore(fileOf(getId, context)).get(keyOf(key)) ?? null,
  [putId]: ([key, value = null]) => change(fileOf(putId, context), keyOf(key), () => value),
  ...Object.fromEntries(
    [...storeChanges].map(([id, changed]) => [
      id,
      ([key, ...args]: readonly Value[]) =>
        change(fileOf(id, context), keyOf(key), stored => changed(stored, args, library())),
    ]),
  ),
})

/** What changes of collections may use: as much as a program, and nothing outside. */
function library(): LibraryContext {
  return {
    meter: new Meter(defaultLimits, () => performance.now()),
    taskContext: null,
    expansion: undefined,
    perform: () => {
      throw internalError('a change of a store performs nothing')
    },
  }
}

/** The grants name one store, whose name is no path (checked where they are read); without one it is `default`. */
function fileOf(id: string, { scopesOf, dir }: CapabilityContext): string {
  return join(dir, 'kv', `${scopesOf(id)?.[0] ?? 'default'}.json`)
}

function keyOf(key: Value | undefined): MapKey {
  if (typeof key === 'string' || typeof key === 'boolean' || key instanceof Keyword) return key
  if (key !== undefined && isInteger(key)) return key
  throw invalidArgument('a key of a store is a keyword, string, integer or boolean')
}

function readStore(file: string): RtfsMap {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      if (fstatSync(descriptor).size > maxStore) throw ioError(`${file}: it is larger than ${maxStore} bytes`)
      const stored = decodeValue(readFileSync(descriptor, 'utf8'))
      if (stored instanceof RtfsMap) return stored
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return RtfsMap.empty
    if (isRtfsError(cause, 'IoError')) throw cause
    if (!isRtfsError(cause)) throw ioError(`${file}: ${reasonOf(cause)}`, cause)
  }
  throw ioError(`${file}: it is no store of this command`)
}

/**
 * Changes one key, and gives its new value. No other process gets in between, and what others changed meanwhile is
 * kept. Nil takes the key out.
 */
function change(file: string, key: MapKey, changed: (stored: Value) => Value): Value {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return withLock(`${file}.lock`, () => {
      const stored = readStore(file)
      const value = changed(stored.get(key) ?? null)
      replaceFile(file, textOf(value === null ? stored.delete(key) : stored.set(key, value)))
      return value
    })
  } catch (cause) {
    if (isRtfsError(cause)) throw cause
    throw ioError(`${file}: ${reasonOf(cause)}`, cause)
  }
}

function textOf(store: RtfsMap): string {
  let text: string
  try {
    text = encodeValue(store)
  } catch (cause) {
    if (!isRtfsError(cause, 'RTFS_NOT_SUPPORTED')) throw cause
    throw invalidArgument('a function cannot be kept in a store')
  }
  if (Buffer.byteLength(text) > maxStore) throw ioError(`a store may have ${maxStore} bytes`)
  return text
}

/** Whoever reads the file, and whenever the machine stops, finds the old text or the new one. */
function replaceFile(file: string, text: string): void {
  const beside = `${file}.${randomUUID()}`
  try {
    const descriptor = openSync(beside, 'wx', 0o600)
    try {
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(beside, file)
  } catch (cause) {
    rmSync(beside, { force: true })
    throw cause
  }
  syncDirectory(dirname(file))
}

/** Some systems cannot do this to a directory, and need not. */
function syncDirectory(path: string): void {
  try {
    const descriptor = openSync(path, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {}
}

function withLock<T>(lock: string, work: () => T): T {
  const until = Date.now() + lockPatience
  while (!takeLock(lock)) {
    if (!isHeld(lock)) breakLock(lock)
    else if (Date.now() > until) throw ioError(`${lock}: another process holds the store`)
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  }
  try {
    return work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Milliseconds after which nobody is still breaking a lock. */
const breakPatience = 10_000

/** One process at a time: of two that find the same lock, the second would remove the new lock of the first. */
function breakLock(lock: string): void {
  const breaking = `${lock}.broken`
  if (!takeLock(breaking)) {
    const { mtimeMs } = statSync(breaking, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > breakPatience) rmSync(breaking, { force: true })
    return
  }
  try {
    if (!isHeld(lock)) rmSync(lock, { force: true })
  } finally {
    rmSync(breaking, { force: true })
  }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  }
}

/** False when the process that took the lock is gone without giving it back. */
function isHeld(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, 'utf8'))
    // Between making the file and writing into it there is no number yet.
    if (holder > 0) process.kill(holder, 0)
    return true
  } catch (cause) {
    // A lock that was given back meanwhile is no lock to break: the next one may be there already.
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
