import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CacheStore } from '@rtfs/interfaces'
import { openSqliteCacheStore } from '@rtfs/sdk'
import { limitsOf, type RunFlags } from '../flags.js'
import { tokensOf } from '../repl/tokens.js'
import { failuresOf, type Tier, type TierOutcome } from './outcomes.js'
import type { TestFile } from './run-file.js'

/** Outcomes are small; the ones that were used longest ago go first. */
const maxBytes = 16 * 1024 * 1024

/**
 * Which files passed before, by their code: tests compute and reach nothing, so the same code passes again. Files whose
 * tests are granted something are never kept.
 */
export class PassedTests {
  readonly #store: CacheStore<Uint8Array>
  readonly #build: string

  /** `build` stands for this very command: another one may compute something else. */
  constructor(store: CacheStore<Uint8Array>, build: string) {
    this.#store = store
    this.#build = build
  }

  /** Opens those of a directory. Throws when the store cannot be opened. */
  static async open(directory: string, build: string): Promise<PassedTests> {
    const file = join(directory, 'passed-tests.sqlite')
    return new PassedTests(await openSqliteCacheStore({ file, maxBytes, writeBehindMs: 0 }), build)
  }

  /** What a file came to when it passed; `undefined` when it has to run. */
  async find(file: TestFile, tier: Tier, flags: RunFlags): Promise<TierOutcome | undefined> {
    const kept = await this.#store.get(this.#key(file, tier, flags))
    if (kept === undefined) return undefined
    const { results } = JSON.parse(new TextDecoder().decode(kept)) as Pick<TierOutcome, 'results'>
    return { file: file.file, tier, cached: true, results }
  }

  /** Keeps an outcome, if it may be given again. */
  async keep(file: TestFile, outcome: TierOutcome, flags: RunFlags): Promise<void> {
    if (failuresOf(outcome).length > 0 || outcome.notCovered !== undefined) return
    const text = JSON.stringify({ results: outcome.results })
    await this.#store.set(this.#key(file, outcome.tier, flags), new TextEncoder().encode(text))
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #key({ source, modules }: TestFile, tier: Tier, flags: RunFlags): string {
    const imported = [...modules].sort(([a], [b]) => (a < b ? -1 : 1))
    const texts = imported.map(([path, text]) => [path, codeOf(text)])
    const limits = Object.entries(limitsOf(flags)).sort(([a], [b]) => (a < b ? -1 : 1))
    const parts = ['rtfs-tests-v1', this.#build, tier, String(limits), codeOf(source.text), texts]
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  }
}

/** True when what tests do depends on nothing but the code. */
export function maySkip(flags: RunFlags): boolean {
  return (flags.allow ?? []).length === 0
}

/** Hash of a text without comments and layout. */
function codeOf(text: string): string {
  const hash = createHash('sha256')
  for (const { kind, start, end } of tokensOf(text)) {
    if (kind !== 'comment') hash.update(`${end - start}:`).update(text.slice(start, end))
  }
  return hash.digest('hex')
}
