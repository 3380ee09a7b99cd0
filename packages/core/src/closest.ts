/**
 * The candidate that was probably meant: at most `mostEdits` letters were added, left out, changed or swapped with
 * their neighbour. Default: one for words of up to three letters, two for longer ones. Of two that are as near, the
 * first; `undefined` when there is none.
 */
export function closest(
  word: string,
  candidates: Iterable<string>,
  mostEdits: number = word.length < 4 ? 1 : 2,
): string | undefined {
  if (word.length > longestWord) return undefined
  let best: string | undefined
  let least = mostEdits + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = editDistance(word, candidate, least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Longer words are not mistyped but made. */
const longestWord = 40

/** Insertions, deletions, replacements and swaps of neighbours between two words; `limit` once it is no less. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    if (Math.min(...row) >= limit) return limit
    before = previous
    previous = row
  }
  return previous[b.length]!
}
