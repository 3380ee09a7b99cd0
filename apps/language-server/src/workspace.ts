import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { decodeUtf8, isRtfsError } from '@rtfs/core'
import type { ModuleLoader } from '@rtfs/interfaces'
import { findModule, findPrograms } from '@rtfs/sdk/files'

/** How many files a search through the folders looks at. */
const maxFiles = 2_000

/** The texts of a workspace: what the editor holds comes before what is on the disk. */
export class Workspace {
  readonly folders: string[] = []
  readonly #openText: (uri: string) => string | undefined

  /** `openText` gives the text of a document that is open in the editor. */
  constructor(openText: (uri: string) => string | undefined) {
    this.#openText = openText
  }

  /** The text of a file, `undefined` when there is none or it is not UTF-8. */
  read(uri: string): string | undefined {
    const open = this.#openText(uri)
    if (open !== undefined) return open
    const path = pathOf(uri)
    if (path === undefined) return undefined
    try {
      return decodeUtf8(readFileSync(path))
    } catch {
      return undefined
    }
  }

  /** Loads modules as the command does: beside the importing file, then from the workspace folders. */
  loaderFor(uri: string): ModuleLoader {
    return {
      load: (name, importer) => {
        const found = this.findModule(name, importer ?? uri)
        return found === undefined ? undefined : { path: found.uri, text: found.text }
      },
    }
  }

  /** The file of a module, seen from another file. Paths that links lead out of their root are not followed. */
  findModule(name: string, from: string): { readonly uri: string; readonly text: string } | undefined {
    try {
      const found = findModule(name, {
        importer: pathOf(from),
        roots: this.folders,
        openText: path => this.#openText(pathToFileURL(path).href),
      })
      return found && { uri: pathToFileURL(found.path).href, text: found.text }
    } catch (error) {
      if (isRtfsError(error)) return undefined
      throw error
    }
  }

  /** The `.rtfs` files of the folders. */
  files(): readonly string[] {
    return this.folders
      .flatMap(folder => findPrograms(folder, { max: maxFiles }))
      .map(path => pathToFileURL(path).href)
  }
}

/** The path of a `file:` URI. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined
  } catch {
    return undefined
  }
}
