import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeUtf8, isRtfsError, moduleError } from '@rtfs/core'
import { modulePath } from '@rtfs/runtime'
import { reasonOf } from './faults.js'
import { isBelow } from './paths.js'

export interface FindModuleOptions {
  /** Path of the importing file: its directory is looked into first. */
  readonly importer?: string | undefined
  /** Directories that are looked into after it, in this order. */
  readonly roots: readonly string[]
  /** Text that comes before what is on the disk, such as an editor's unsaved one. Default: none. */
  readonly openText?: ((path: string) => string | undefined) | undefined
}

export interface FoundModule {
  /** Path of its file. */
  readonly path: string
  readonly text: string
}

/**
 * Finds the file of a module: beside the importing file, then in the roots (LANGUAGE §12.3). `undefined` when there is
 * none, or when no file can have the name. Throws ModuleError when links lead out of the directory, when the file
 * cannot be read or is not UTF-8.
 */
export function findModule(name: string, options: FindModuleOptions): FoundModule | undefined {
  const file = fileOf(name)
  if (file === undefined) return undefined
  const { importer, roots, openText } = options
  const near = importer === undefined ? [] : [dirname(importer)]
  for (const root of new Set([...near, ...roots])) {
    const path = join(root, file)
    const text = readBelow(root, path, file, openText)
    if (text !== undefined) return { path, text }
  }
  return undefined
}

/** `undefined` for a name that no file can have. */
function fileOf(name: string): string | undefined {
  try {
    return modulePath(name)
  } catch (cause) {
    if (isRtfsError(cause)) return undefined
    throw cause
  }
}

function readBelow(
  root: string,
  path: string,
  file: string,
  openText: FindModuleOptions['openText'],
): string | undefined {
  let bytes: Uint8Array
  try {
    const real = realpathSync.native(path)
    if (!isBelow(real, realpathSync.native(root))) throw moduleError(`${file} leads out of ${root}`)
    const open = openText?.(path)
    if (open !== undefined) return open
    bytes = readFileSync(real)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // Not on the disk: it can still be a text that was never saved.
    if (code === 'ENOENT' || code === 'ENOTDIR') return openText?.(path)
    if (isRtfsError(cause)) throw cause
    throw moduleError(`${path}: ${reasonOf(cause)}`)
  }
  const text = decodeUtf8(bytes)
  if (text === undefined) throw moduleError(`${path} is not UTF-8 text`)
  return text
}
