import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { languageError } from '@rtfs/core'
import { isBelow } from '@rtfs/sdk/files'
import { outOfScope, type Scopes } from './scopes.js'

/** An error that the program sees as IoError. */
export function ioError(message: string, cause?: unknown): Error {
  return languageError('IoError', `I/O error: ${message}`, { message }, { cause })
}

/**
 * The path without links, if it lies below one of the scopes: else SecurityViolation, before anything is said about
 * what is there. The last part may not exist yet. Open the answer with `O_NOFOLLOW`: then a link that is put there
 * meanwhile leads nowhere.
 */
export function pathInScope(capability: string, path: string, scopes: Scopes, cwd: string): string {
  if (path.includes('\0')) throw ioError('a path holds a zero character')
  const real = resolveLinks(resolve(cwd, path))
  if (scopes === undefined) return real ?? resolve(cwd, path)
  const allowed = scopes.some(scope => real !== undefined && isBelow(real, prefixOf(scope, cwd)))
  if (!allowed) throw outOfScope(capability, `path ${path}`, scopes)
  return real!
}

function prefixOf(scope: string, cwd: string): string {
  const path = resolve(cwd, scope)
  return resolveLinks(path) ?? path
}

/**
 * The real path; of one whose end does not exist, that of the directories that do. `undefined` where a link leads
 * nowhere, and where it cannot be known.
 */
function resolveLinks(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return undefined
  }
  const parent = dirname(path)
  if (parent === path || isLink(path)) return undefined
  const real = resolveLinks(parent)
  return real === undefined ? undefined : join(real, basename(path))
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}
