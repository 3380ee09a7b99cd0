import { RtfsError } from '@rtfs/core'
import type { CallOptions, Embedder } from '@rtfs/interfaces'

/** Two descriptions, and whether a person says that they ask for the same function. */
export interface LabelledPair {
  readonly a: string
  readonly b: string
  readonly same: boolean
}

export interface CalibrateOptions extends CallOptions {
  readonly embedder: Embedder
  /** Part of the different pairs, 0 to 1, that may count as the same. Default 0. */
  readonly budget?: number
}

/** What `accept: 'similarity'` would do on the pairs. */
export interface Calibration {
  /** The lowest similarity that keeps the budget; `undefined` when none finds anything within it. */
  readonly threshold: number | undefined
  /** Pairs labelled the same, and how many of them the threshold finds. */
  readonly same: number
  readonly found: number
  /** Pairs labelled different, and how many of them the threshold takes for the same. */
  readonly different: number
  readonly falseHits: number
  /** Similarities of the pairs of both kinds: smallest, median, largest. */
  readonly spread: { readonly same: Spread; readonly different: Spread }
}

type Spread = readonly [smallest: number, median: number, largest: number]

/**
 * Looks for the similarity from which on two descriptions may count as the same, on pairs that a person has
 * labelled. Where near misses are as near as paraphrases it finds none, and says so: then examples have to decide.
 */
export async function calibrate(
  pairs: readonly LabelledPair[],
  options: CalibrateOptions,
): Promise<Calibration> {
  const { embedder, budget = 0, signal } = options
  if (!(budget >= 0 && budget <= 1)) throw new RtfsError('RTFS_USAGE', 'the budget is a number from 0 to 1')
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
  const vectors = await embedder.embed(texts, signal === undefined ? {} : { signal })
  const vectorOf = new Map(texts.map((text, i) => [text, vectors[i]!]))
  const scores = (same: boolean) =>
    pairs
      .filter(pair => pair.same === same)
      .map(({ a, b }) => cosine(vectorOf.get(a)!, vectorOf.get(b)!))
      .sort((x, y) => x - y)
  const sames = scores(true)
  const others = scores(false)
  if (sames.length === 0 || others.length === 0) {
    throw new RtfsError('RTFS_USAGE', 'both kinds of pairs are needed: the same and different ones')
  }
  const allowed = Math.floor(budget * others.length)
  // The score of the best pair that has to be refused: anything above it keeps the budget.
  const refused = others[others.length - 1 - allowed] ?? Number.NEGATIVE_INFINITY
  const threshold = sames.find(score => score > refused)
  const above = (list: readonly number[]) =>
    threshold === undefined ? 0 : list.filter(score => score >= threshold).length
  return {
    threshold,
    same: sames.length,
    found: above(sames),
    different: others.length,
    falseHits: above(others),
    spread: { same: spreadOf(sames), different: spreadOf(others) },
  }
}

function spreadOf(sorted: readonly number[]): Spread {
  return [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!]
}

/** Vectors of embedders have length 1. */
function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
