import { type CompareOptions, compareTiers, type Disagreement } from './compare.js'
import { type GeneratedProgram, type GeneratorOptions, generateProgram } from './generator/program.js'
import { Random } from './generator/random.js'
import type { Evaluate } from './outcome.js'
import { shrinkSource } from './shrink.js'

/** Options of `runDifferential`. */
export interface DifferentialOptions {
  readonly seed: number
  /** Number of programs. */
  readonly count: number
  /** The first tier is the reference. */
  readonly tiers: readonly string[]
  readonly evaluate: Evaluate
  readonly generator?: GeneratorOptions
  readonly compare?: CompareOptions
  /** Disagreements after which the run ends. Default 10. */
  readonly maxDisagreements?: number
  /** Programs tried to shrink one disagreement; 0 keeps it as it is. Default 1000. */
  readonly shrinkAttempts?: number
  /** Sees the report so far after every program. */
  readonly onProgram?: (report: DifferentialReport) => void
}

/** A disagreement and the smallest program that shows it. */
export interface FoundDisagreement {
  readonly program: GeneratedProgram
  readonly source: string
  readonly disagreement: Disagreement
}

/** What a differential run found. */
export interface DifferentialReport {
  /** Programs run. */
  programs: number
  /** Programs by tier: compared with the reference, not covered by the tier. */
  readonly tiers: Map<string, { covered: number; unsupported: number; disagreements: number }>
  /** What the reference made of them: `value`, or the kind of the error. */
  readonly outcomes: Map<string, number>
  readonly disagreements: FoundDisagreement[]
}

/** Generates programs from a seed and compares the tiers on each. */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialReport> {
  const { seed, count, tiers, evaluate, maxDisagreements = 10 } = options
  const seeds = new Random(seed)
  const report: DifferentialReport = {
    programs: 0,
    tiers: new Map(tiers.slice(1).map(tier => [tier, { covered: 0, unsupported: 0, disagreements: 0 }])),
    outcomes: new Map(),
    disagreements: [],
  }
  while (report.programs < count && report.disagreements.length < maxDisagreements) {
    const program = generateProgram(seeds.seed(), options.generator)
    const result = await compareTiers(program, tiers, evaluate, options.compare)
    report.programs++
    for (const tier of result.unsupported) report.tiers.get(tier)!.unsupported++
    if (result.status === 'agreement') {
      for (const tier of result.covered) report.tiers.get(tier)!.covered++
      tally(report.outcomes, result.outcome.ok ? 'value' : result.outcome.kind)
    } else {
      report.tiers.get(result.tier)!.disagreements++
      tally(report.outcomes, result.expected.ok ? 'value' : result.expected.kind)
      report.disagreements.push(await shrunk(program, result, options))
    }
    options.onProgram?.(report)
  }
  return report
}

function tally(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

async function shrunk(
  program: GeneratedProgram,
  found: Disagreement,
  options: DifferentialOptions,
): Promise<FoundDisagreement> {
  const { tiers, evaluate, compare, shrinkAttempts = 1000 } = options
  const pair = [tiers[0]!, found.tier]
  let disagreement = found
  const holds = async (source: string): Promise<boolean> => {
    const result = await compareTiers({ ...program, source }, pair, evaluate, compare)
    // A smaller program that differs in something else would be another disagreement.
    if (result.status !== 'disagreement' || result.part !== found.part) return false
    disagreement = result
    return true
  }
  const source =
    shrinkAttempts === 0
      ? program.source
      : await shrinkSource(program.source, holds, { maxAttempts: shrinkAttempts })
  return { program, source, disagreement: source === program.source ? found : disagreement }
}
