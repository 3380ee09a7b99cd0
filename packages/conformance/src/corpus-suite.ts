import { type CorpusCase, type CorpusFile, type CorpusResult, parseCorpus, runCase } from './corpus.js'
import type { Evaluate } from './outcome.js'
import type { Comparison } from './readable.js'
import type { Runner } from './runner.js'

/** Options of `corpusSuite`. */
export interface CorpusSuiteOptions {
  readonly files: readonly CorpusFile[]
  readonly evaluate: Evaluate
  /** The tiers to run; a case runs in those that its header names too. Default: every tier a header names. */
  readonly tiers?: readonly string[]
  /** Default `exact`. */
  readonly comparison?: Comparison
  /** `allow` (default): a tier may say that it does not cover a case. `fail`: it may not. */
  readonly unsupported?: 'allow' | 'fail'
  /** Sees every result, for counting. */
  readonly report?: (result: CorpusResult) => void
}

/** One test per case and tier. */
export function corpusSuite(runner: Runner, options: CorpusSuiteOptions): void {
  const { files, evaluate, tiers, comparison = 'exact', unsupported = 'allow', report } = options
  for (const file of files) {
    for (const corpusCase of parseCorpus(file)) {
      for (const tier of corpusCase.tiers) {
        if (tiers !== undefined && !tiers.includes(tier)) continue
        runner.test(testName(corpusCase, tier), async () => {
          const result = await runCase(corpusCase, tier, evaluate, comparison)
          report?.(result)
          const refused = result.status === 'unsupported' && unsupported === 'fail'
          const problem = refused ? `${tier} does not cover the program` : result.mismatch
          runner.expect(problem, `${corpusCase.file}:${corpusCase.line}`).toEqual(undefined)
        })
      }
    }
  }
}

function testName(corpusCase: CorpusCase, tier: string): string {
  return `${corpusCase.file}:${corpusCase.line} ${tier} ${corpusCase.name}`
}

/** How many results of one tier came out how. */
export interface CorpusCount {
  readonly tier: string
  readonly passed: number
  readonly unsupported: number
  readonly failed: number
}

/** Counts results by tier, in order of first appearance. */
export function countResults(results: Iterable<CorpusResult>): readonly CorpusCount[] {
  const counts = new Map<string, { passed: number; unsupported: number; failed: number }>()
  for (const { tier, status } of results) {
    let count = counts.get(tier)
    if (count === undefined) counts.set(tier, (count = { passed: 0, unsupported: 0, failed: 0 }))
    count[status]++
  }
  return [...counts].map(([tier, count]) => ({ tier, ...count }))
}
