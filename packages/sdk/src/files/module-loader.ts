import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { ModuleLoader } from '@rtfs/interfaces'
import { findModule } from './find-module.js'

export interface FileLoaderOptions {
  /** Default: the current directory of the process. */
  readonly cwd?: string
  /** The file of the entry program; its directory is a module path. Default: the program comes from no file. */
  readonly entry?: string | undefined
}

/**
 * Loads modules from files: beside the importing file, beside the entry program, then from the current directory
 * (LANGUAGE §12.3). A file that links lead out of the module path is a ModuleError.
 */
export function createFileModuleLoader(options: FileLoaderOptions = {}): ModuleLoader {
  const { cwd = process.cwd(), entry } = options
  const roots = [...(entry === undefined ? [] : [dirname(resolve(cwd, entry))]), cwd]
  return {
    load(name, importer) {
      const found = findModule(name, {
        importer: importer === undefined ? undefined : resolve(cwd, importer),
        roots,
      })
      return found && { path: shortPath(found.path, cwd), text: found.text }
    },
  }
}

/** Paths in messages are those that a person in this directory would type. */
function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}
