import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Entries that are kept. */
const kept = 2000

/** Code units of the longest entry that is kept. */
const longest = 100_000

/** Whole entries, oldest first; each may have several lines. */
export interface History {
  readonly entries: readonly string[]
  add(entry: string): void
}

/**
 * History in a file that only its owner reads: one JSON string a line. A file that cannot be read or written is told
 * once to `warn`, and history lasts as long as the session then.
 */
export function openHistory(file: string, warn: (problem: string) => void): History {
  const entries = load(file, warn)
  let writes = true
  return {
    entries,
    add(entry) {
      if (entry.trim() === '' || entry.length > longest || entries.at(-1) === entry) return
      entries.push(entry)
      if (!writes) return
      try {
        // Appending keeps what sessions beside this one add.
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
      } catch (error) {
        writes = false
        warn(`history is not kept: ${reason(error)}`)
      }
    },
  }
}

function load(file: string, warn: (problem: string) => void): string[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warn(`history is not read: ${reason(error)}`)
    return []
  }
  const all = text.split('\n').flatMap(entryOf)
  const entries = all.slice(-kept)
  try {
    chmodSync(file, 0o600)
    if (all.length > 2 * kept) {
      writeFileSync(file, entries.map(entry => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 })
    }
  } catch {
    // Somebody else's file: it can be read, and adding to it says what is wrong.
  }
  return entries
}

/** A line that is none of ours, such as one that a power cut tore, is left out. */
function entryOf(line: string): readonly string[] {
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'string' && entry !== '' ? [entry] : []
  } catch {
    return []
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
