import type { CaseResult } from './run-programs.js'

/** The peer may take at most so many times what the other takes. */
interface Target {
  readonly peer: string
  readonly other: string
  readonly atMost: number
  /** Ids of cases; all of them when left out. */
  readonly cases?: readonly string[]
  /** Met when so many cases meet it; otherwise all of them have to. */
  readonly atLeastCases?: number
}

const table1 = ['fib', 'loop', 'orbit', 'sequence', 'map', 'string', 'mandelbrot', 'orders']

/** What the tiers are built for. "n times faster" stands as 1/n times the time. */
const targets: readonly Target[] = [
  { peer: 'ir', other: 'nbb-strict', atMost: 1 / 3, cases: table1 },
  { peer: 'ir', other: 'quickjs', atMost: 1 / 2, cases: table1 },
  { peer: 'ir', other: 'nbb', atMost: 1, cases: table1, atLeastCases: 6 },
  { peer: 'ir', other: 'nbb', atMost: 1.5, cases: ['fib'] },
  { peer: 'ir', other: 'nbb', atMost: 1 / 3, cases: ['orders'] },
  { peer: 'ir', other: 'nbb', atMost: 1, cases: ['map'] },
  { peer: 'wasm', other: 'wat', atMost: 1.3, cases: ['fib', 'loop'] },
  { peer: 'wasm', other: 'js', atMost: 1, cases: ['loop'] },
  { peer: 'wasm', other: 'js', atMost: 1.2, cases: ['orbit', 'mandelbrot'] },
  { peer: 'wasm', other: 'js', atMost: 1, cases: ['sequence'] },
  { peer: 'wasm', other: 'js', atMost: 3, cases: ['orders'] },
  { peer: 'wasm', other: 'js', atMost: 1, cases: ['typed-orders'] },
  { peer: 'wasm', other: 'js', atMost: 3, cases: ['orders-first'] },
  { peer: 'wasm', other: 'js', atMost: 1, cases: ['typed-orders-first'] },
  { peer: 'wasm', other: 'js', atMost: 2, cases: ['string'] },
]

/** A line per target whose peers and cases were measured. */
export function targetRows(results: readonly CaseResult[]): string[] {
  return targets.flatMap(target => {
    const measured = ratiosOf(target, results)
    if (measured.length === 0) return []
    const good = measured.filter(({ ratio }) => ratio <= target.atMost).length
    const wanted = target.cases?.length ?? measured.length
    const met = good >= (target.atLeastCases ?? wanted)
    const verdict = met
      ? 'met   '
      : measured.length < wanted && good === measured.length
        ? 'so far'
        : 'MISSED'
    const share = target.atLeastCases === undefined ? '' : ` in ${target.atLeastCases} of ${wanted}`
    const cells = measured.map(
      ({ id, ratio }) => `${id} ${ratio.toFixed(2)}${ratio <= target.atMost ? '' : '!'}`,
    )
    const rule = `${target.peer} <= ${target.atMost.toFixed(2)} x ${target.other}${share}:`
    return [`${verdict} ${rule.padEnd(34)} ${cells.join(', ')}`]
  })
}

function ratiosOf(
  { peer, other, cases }: Target,
  results: readonly CaseResult[],
): { readonly id: string; readonly ratio: number }[] {
  return results
    .filter(({ id }) => cases?.includes(id) ?? true)
    .flatMap(({ id, samples }) => {
      const ours = samples.get(peer)
      const theirs = samples.get(other)
      return ours === undefined || theirs === undefined
        ? []
        : [{ id, ratio: ours.medianMs / theirs.medianMs }]
    })
}
