import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { decodeUtf8 } from '@rtfs/core'
import type { ModuleLoader } from '@rtfs/interfaces'
import { modulePath } from '@rtfs/runtime'

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
    let file: string
    try {
      file = modulePath(name)
    } catch {
      return undefined
    }
    const near = pathOf(from)
    for (const root of new Set([...(near === undefined ? [] : [dirname(near)]), ...this.folders])) {
      const path = join(root, file)
      if (!staysBelow(path, root)) continue
      const uri = pathToFileURL(path).href
      const text = this.read(uri)
      if (text !== undefined) return { uri, text }
    }
    return undefined
  }

  /** The `.rtfs` files of the folders. Hidden folders and `node_modules` are left out. */
  files(): readonly string[] {
    const found: string[] = []
    const pending = [...this.folders]
    while (pending.length > 0 && found.length < maxFiles) {
      const folder = pending.pop()!
      for (const entry of list(folder)) {
        if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
        if (entry.isDirectory()) pending.push(join(folder, entry.name))
        else if (entry.name.endsWith('.rtfs')) found.push(pathToFileURL(join(folder, entry.name)).href)
      }
    }
    return found
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function staysBelow(path: string, root: string): boolean {
  try {
    const way = relative(realpathSync.native(root), realpathSync.native(path))
    return way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
  } catch {
    // Not on the disk: it can only be an unsaved document.
    return true
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
