import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface FindProgramsOptions {
  /** How many are found at most. Default 10,000. */
  readonly max?: number
}

/**
 * Paths of the `.rtfs` files in a directory and in those below it, in the order of their names. Hidden directories and
 * `node_modules` are left out, links to directories are not followed, what cannot be listed counts as empty.
 */
export function findPrograms(directory: string, options: FindProgramsOptions = {}): readonly string[] {
  const { max = 10_000 } = options
  const found: string[] = []
  visit(directory, found, max)
  return found
}

function visit(directory: string, found: string[], max: number): void {
  const entries = list(directory).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (found.length >= max) return
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    const path = join(directory, entry.name)
    if (entry.isDirectory()) visit(path, found, max)
    else if (entry.name.endsWith('.rtfs')) found.push(path)
  }
}

function list(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}
