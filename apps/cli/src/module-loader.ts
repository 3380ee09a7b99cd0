import { readFileSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { decodeUtf8, isRtfsError, moduleError } from '@rtfs/core'
import type { ModuleLoader } from '@rtfs/interfaces'
import { modulePath } from '@rtfs/runtime'
import { isBelow } from './capabilities/paths.js'
import { reasonOf } from './source.js'

export interface FileLoaderOptions {
  readonly cwd: string
  /** The file of the entry program; its directory is a module path. */
  readonly entry?: string | undefined
}

/**
 * Loads modules from files: beside the importing file, beside the entry program, then from the current directory
 * (LANGUAGE §12.3). A file that links lead out of the module path is a ModuleError.
 */
export function createFileModuleLoader({ cwd, entry }: FileLoaderOptions): ModuleLoader {
  const fixed = [...(entry === undefined ? [] : [dirname(resolve(cwd, entry))]), cwd]
  return {
    load(name, importer) {
      const file = fileOf(name)
      if (file === undefined) return undefined
      const near = importer === undefined ? [] : [dirname(resolve(cwd, importer))]
      for (const root of new Set([...near, ...fixed])) {
        const text = readBelow(root, file)
        if (text !== undefined) return { path: shortPath(join(root, file), cwd), text }
      }
      return undefined
    },
  }
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

function readBelow(root: string, file: string): string | undefined {
  let bytes: Uint8Array
  try {
    const path = realpathSync.native(join(root, file))
    if (!isBelow(path, realpathSync.native(root))) throw moduleError(`${file} leads out of ${root}`)
    bytes = readFileSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (isRtfsError(cause)) throw cause
    throw moduleError(`${join(root, file)}: ${reasonOf(cause)}`)
  }
  const text = decodeUtf8(bytes)
  if (text === undefined) throw moduleError(`${join(root, file)} is not UTF-8 text`)
  return text
}

/** Paths in messages are those that a person in this directory would type. */
function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}
