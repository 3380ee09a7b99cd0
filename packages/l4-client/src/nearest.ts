/** The slots of the `k` greatest scores, best first; equal scores in the order given by `rank`. */
export function nearest(
  scores: Float32Array,
  count: number,
  k: number,
  rank: (slot: number) => number,
): number[] {
  const best: number[] = []
  if (k === 0) return best
  const isBefore = (a: number, b: number) => {
    const difference = scores[a]! - scores[b]!
    return difference > 0 || (difference === 0 && rank(a) < rank(b))
  }
  for (let slot = 0; slot < count; slot++) {
    if (best.length === k && !isBefore(slot, best[k - 1]!)) continue
    // Binary insertion: few slots get this far.
    let low = 0
    let high = best.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(slot, best[middle]!)) high = middle
      else low = middle + 1
    }
    best.splice(low, 0, slot)
    if (best.length > k) best.pop()
  }
  return best
}
