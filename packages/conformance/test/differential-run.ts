import { describeDisagreement, type FoundDisagreement, runDifferential } from '../src/index.js'
import { tiersAndVariants as allTiers, evaluateWithEffects } from './tiers.js'

/** What `scripts/differential.mjs` was told. */
export interface Arguments {
  readonly count: number
  readonly seed: number
  readonly tiers: readonly string[] | undefined
  readonly max: number
  readonly shrink: boolean
}

/** A long differential run that prints what it finds; true when every tier agreed. */
export async function longRun({ count, seed, tiers = allTiers, max, shrink }: Arguments): Promise<boolean> {
  const started = Date.now()
  let printed = 0
  const report = await runDifferential({
    seed,
    count,
    tiers,
    evaluate: evaluateWithEffects,
    generator: { effects: true },
    maxDisagreements: max,
    shrinkAttempts: shrink ? 1000 : 0,
    onProgram: ({ programs, disagreements }) => {
      for (; printed < disagreements.length; printed++) print(disagreements[printed]!)
      if (programs % 5000 === 0) console.error(`${programs} programs, ${seconds(started)} s`)
    },
  })
  console.log(`${report.programs} programs from seed ${seed} in ${seconds(started)} s, reference ${tiers[0]}`)
  for (const [tier, { covered, unsupported, disagreements }] of report.tiers) {
    console.log(`  ${tier}: ${covered} agree, ${unsupported} not covered, ${disagreements} differ`)
  }
  const outcomes = [...report.outcomes].sort((a, b) => b[1] - a[1]).map(([kind, times]) => `${kind} ${times}`)
  console.log(`  outcomes: ${outcomes.join(', ')}`)
  return report.disagreements.length === 0
}

function print({ program, source, disagreement }: FoundDisagreement): void {
  const limits = Object.entries(program.limits).map(([name, value]) => `${name}=${value}`)
  console.log(`--- program ${program.seed}, limits ${limits.join(' ')}`)
  console.log(`${describeDisagreement(disagreement, source)}\n`)
}

function seconds(started: number): string {
  return ((Date.now() - started) / 1000).toFixed(1)
}
