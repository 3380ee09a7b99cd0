import type { BenchCase } from './case.js'

export const collectionCases: readonly BenchCase[] = [
  {
    id: 'sequence',
    name: 'map/filter/reduce 1e5',
    expected: 7499850000,
    source: `
(defn run []
  (reduce + 0 (filter even? (map (fn [x] (* x 3)) (range 100000)))))`,
    handwritten: {
      run: () =>
        Array.from({ length: 100_000 }, (_, i) => i)
          .map(x => x * 3)
          .filter(x => x % 2 === 0)
          .reduce((sum, x) => sum + x, 0),
    },
  },
  {
    // JavaScript by hand changes one Map: it has no other, so its column says what persistence costs.
    id: 'map',
    name: 'persistent map 1e4',
    expected: 333283335000,
    source: `
(defn squares [n]
  (reduce (fn [found i] (assoc found i (* i i))) {} (range n)))

(defn run []
  (let [found (squares 10000)]
    (reduce (fn [sum i] (+ sum (get found i))) 0 (range 10000))))`,
    handwritten: {
      run: () => {
        const found = new Map<number, number>()
        for (let i = 0; i < 10_000; i++) found.set(i, i * i)
        let sum = 0
        for (let i = 0; i < 10_000; i++) sum += found.get(i)!
        return sum
      },
    },
  },
]
