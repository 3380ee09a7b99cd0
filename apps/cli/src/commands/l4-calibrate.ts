import { type Calibration, calibrate, createHashEmbedder, type LabelledPair } from '@rtfs/l4-client'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { whileWorking } from '../progress.js'
import { printJson } from '../report.js'
import { readSourceFile } from '../source.js'

export interface CalibrateFlags extends CommonFlags {
  readonly budget?: string | undefined
}

/** Says which similarity keeps a budget of false hits on labelled pairs; exit 1 when none does. */
export async function calibrateCommand(file: string, flags: CalibrateFlags, io: Io): Promise<ExitCode> {
  const budget = Number(flags.budget ?? '0')
  if (!(budget >= 0 && budget <= 1) || flags.budget?.trim() === '') {
    throw new UsageError(`--budget takes a number from 0 to 1, not '${flags.budget}'`)
  }
  const pairs = pairsOf(readSourceFile(file, io).text)
  const embedder = createHashEmbedder()
  const found = await whileWorking(io, `comparing ${pairs.length} pairs`, () =>
    calibrate(pairs, { embedder, budget }),
  )
  if (flags.json === true)
    printJson({ embedder: embedder.model, budget, ...found, threshold: found.threshold ?? null }, io)
  else io.out(textOf(found, budget))
  return found.threshold === undefined ? exitCodes.failed : exitCodes.done
}

function pairsOf(text: string): readonly LabelledPair[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return []
    let pair: Partial<LabelledPair>
    try {
      pair = JSON.parse(line) as Partial<LabelledPair>
    } catch {
      throw new UsageError(`line ${i + 1} is no JSON: one {"a": text, "b": text, "same": true} in each line`)
    }
    const { a, b, same } = pair ?? {}
    if (typeof a !== 'string' || typeof b !== 'string' || typeof same !== 'boolean') {
      throw new UsageError(`line ${i + 1} needs the texts "a" and "b", and "same" as true or false`)
    }
    return [{ a, b, same }]
  })
}

function textOf(
  { threshold, same, found, different, falseHits, spread }: Calibration,
  budget: number,
): string {
  const number = (value: number) => value.toFixed(3)
  const range = ([low, middle, high]: readonly number[]) =>
    `${number(low!)} to ${number(high!)}, median ${number(middle!)}`
  const verdict =
    threshold === undefined
      ? `no similarity finds anything with at most ${budget * 100} % false hits: let examples decide`
      : `from ${number(threshold)} on: ${found} of ${same} found, ${falseHits} of ${different} false hits`
  return `same       ${same} pairs, similarity ${range(spread.same)}\ndifferent  ${different} pairs, similarity ${range(spread.different)}\n${verdict}\n`
}
