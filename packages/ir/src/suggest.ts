import { libraryNames } from './library.js'
import type { Place } from './scope.js'

/** The name in scope that is most like `name`, `undefined` when none is close enough to be meant. */
export function nearestName(name: string, place: Place): string | undefined {
  let best: string | undefined
  let least = Math.min(2, Math.floor(name.length / 3)) + 1
  for (const candidate of namesInScope(place)) {
    if (Math.abs(candidate.length - name.length) >= least) continue
    const distance = editDistance(name, candidate, least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

function* namesInScope(place: Place): Iterable<string> {
  for (let scope: Place['scope'] | undefined = place.scope; scope !== undefined; scope = scope.parent) {
    yield* scope.names.keys()
  }
  yield* place.root.globals
  yield* place.root.imported
  yield* libraryNames()
}

/** Insertions, deletions, replacements and swaps of neighbours between two names; `limit` once it is no less. */
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
