import { isRtfsError } from '@rtfs/core'
import type { ModuleLoader } from '@rtfs/interfaces'
import { modulePath } from './module-names.js'

/** Options of `createMemoryModuleLoader`. */
export interface MemoryLoaderOptions {
  /** Directories to look in, after that of the importing file. Default: the root, `['']`. */
  readonly paths?: readonly string[]
}

/** Loads modules from texts by path, such as `{ 'math/utils.rtfs': '(module math.utils …)' }`. */
export function createMemoryModuleLoader(
  files: ReadonlyMap<string, string> | Readonly<Record<string, string>>,
  options: MemoryLoaderOptions = {},
): ModuleLoader {
  const texts = new Map(files instanceof Map ? files : Object.entries(files))
  const paths = options.paths ?? ['']
  return {
    load(name, importer) {
      const file = fileOf(name)
      if (file === undefined) return undefined
      const near = importer === undefined ? [] : [directoryOf(importer)]
      for (const directory of [...near, ...paths]) {
        const path = directory === '' ? file : `${directory.replace(/\/+$/, '')}/${file}`
        const text = texts.get(path)
        if (text !== undefined) return { path, text }
      }
      return undefined
    },
  }
}

/** The file of a module; `undefined` for a name that no file can have. */
function fileOf(name: string): string | undefined {
  try {
    return modulePath(name)
  } catch (error) {
    if (isRtfsError(error, 'RTFS_USAGE')) return undefined
    throw error
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
