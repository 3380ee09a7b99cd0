import { tokensOf } from './tokens.js'

/** Something that can be typed, with what it is: a signature, a type, what it does. */
export interface Candidate {
  readonly name: string
  readonly about: string
}

/** What can stand at a place of a text. */
export interface Completion {
  /** Where the word begins that is to be completed. */
  readonly start: number
  readonly candidates: readonly Candidate[]
}

/** Names of a kind, asked for with what they begin with. */
export type CandidateSource = (prefix: string) => Iterable<Candidate>

export interface CompletionSources {
  readonly names: CandidateSource
  readonly keywords: CandidateSource
  /** Commands: only where nothing stands before them. */
  readonly commands: CandidateSource
}

/** The candidates for the word before the cursor, sorted. None inside strings and comments. */
export function complete(text: string, cursor: number, sources: CompletionSources): Completion {
  const before = text.slice(0, cursor)
  const last = tokensOf(before).at(-1)
  if (last === undefined || last.end !== cursor) return { start: cursor, candidates: [] }
  const word = before.slice(last.start)
  const none = { start: last.start, candidates: [] }
  if (last.kind === 'keyword') {
    const isFirst = before.slice(0, last.start).trim() === ''
    const found = isFirst ? [...sources.commands(word), ...sources.keywords(word)] : sources.keywords(word)
    return { start: last.start, candidates: unique(found, word) }
  }
  return last.kind === 'name' ? { start: last.start, candidates: unique(sources.names(word), word) } : none
}

function unique(found: Iterable<Candidate>, prefix: string): readonly Candidate[] {
  const byName = new Map<string, Candidate>()
  for (const candidate of found) {
    if (candidate.name.startsWith(prefix) && !byName.has(candidate.name))
      byName.set(candidate.name, candidate)
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What all names begin with. */
export function commonPrefix(names: readonly string[]): string {
  let prefix = names[0] ?? ''
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}
