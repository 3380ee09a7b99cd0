import { checkInput } from './check-input.js'
import { mutate } from './mutate.js'
import { randomFrom } from './random.js'
import { seedTexts } from './texts.js'

/** An input that something does not hold for. */
export interface Finding {
  /** Seed of this one input: `fuzzParser(seed, 1)` makes it again. */
  readonly seed: number
  readonly problem: string
  readonly text: string
}

/** CPU milliseconds from which on an input counts as a hang. */
const slowMs = 2_000

/** Tries `count` mutated texts; input `i` depends on `seed + i` alone. */
export function fuzzParser(seed: number, count: number): readonly Finding[] {
  const texts = seedTexts()
  const findings: Finding[] = []
  for (let i = 0; i < count; i++) {
    const random = randomFrom(seed + i)
    const text = mutate(texts[random(texts.length)]!, texts, random)
    const problem = problemOf(text)
    if (problem !== undefined) findings.push({ seed: seed + i, problem, text })
  }
  return findings
}

function problemOf(text: string): string | undefined {
  const before = process.cpuUsage()
  try {
    const problem = checkInput(text)
    if (problem !== undefined) return problem
  } catch (error) {
    return `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const { user, system } = process.cpuUsage(before)
  const ms = (user + system) / 1_000
  return ms > slowMs ? `takes ${Math.round(ms)} ms of CPU` : undefined
}
