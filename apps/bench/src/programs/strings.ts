import type { BenchCase } from './case.js'

export const stringCases: readonly BenchCase[] = [
  {
    id: 'string',
    name: 'string building 1e4',
    expected: 10_000,
    source: `
(defn run []
  (count (reduce (fn [text i] (str text (mod i 10))) "" (range 10000))))`,
    handwritten: {
      run: () => {
        let text = ''
        for (let i = 0; i < 10_000; i++) text += i % 10
        return text.length
      },
    },
  },
]
