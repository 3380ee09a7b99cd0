import { float, formatValue, keyword, RtfsMap, RtfsVector, type Value } from '@rtfs/core'
import { expect, test } from 'vitest'
import { emitWat } from '../index.js'
import { compile, contextOf, outcomeOf, prepare } from '../programs.test-util.js'

const line = (price: Value, quantity: Value): RtfsMap =>
  RtfsMap.from([
    [keyword('name'), 'x'],
    [keyword('price'), price],
    [keyword('quantity'), quantity],
  ])
const lines = (count: number, quantity: Value = 2): RtfsVector =>
  RtfsVector.from(Array.from({ length: count }, (_, i) => line(float(i / 2), i === 3 ? quantity : i)))

const untyped = `
  (defn total [line] (* (:price line) (:quantity line)))
  (defn run [lines] (reduce + 0.0 (map total lines)))`
const typed = `
  (deftype Line [:record {:price float :quantity int}])
  (defn total [line : Line] :float (* (:price line) (:quantity line)))
  (defn run [lines : [:vector Line]] :float (reduce + 0.0 (map total lines)))`
const keys = `
  (defn run [lines] (reduce (fn [sum {:keys [price quantity]}] (+ sum (* price quantity))) 0.0 lines))`

test.each([
  ['untyped', untyped],
  ['typed', typed],
  ['taken apart', keys],
])(
  '%s walks over records work on numbers in memory, and on the records where there are others',
  (_, source) => {
    const module = compile(source, { exports: ['run'] })
    expect(module.imports).toContain('rtfs.unpack-records')
    expect(emitWat(module.bytes)).toContain('run (records)')
    const prepared = prepare(module)
    const call = (value: Value): string => {
      const context = contextOf()
      const outcome = outcomeOf(() => prepared.call('run', [value], context))
      return `${outcome}, fuel ${context.meter.spentFuel}, ${context.meter.allocatedBytes} bytes`
    }
    const many = lines(40)
    // The third time with what was read the first time.
    const first = call(many)
    expect([call(many), call(many)]).toEqual([first, first])
    // One record is not as the others, so all are read one by one: to the same account.
    const other = RtfsVector.from(many.toArray().map((each, i) => (i === 4 ? line(2, 4) : each)))
    expect(call(other)).toBe(first)
    expect(call(lines(40, 'three'))).toMatch(source === typed ? /^! TypeValidationError/ : /^! TypeError/)
    expect(call(RtfsVector.empty)).toMatch(/^0\.0,/)
  },
)

test('memory is given back when a function with records is left, by a call in its place too', () => {
  const source = `
    (defn walk [lines n sum]
      (let [s (reduce (fn [a line] (+ a (:quantity line))) 0 lines)]
        (if (= n 0) (+ s sum) (again lines (dec n) (+ s sum)))))
    (defn again [lines n sum] (walk lines n sum))`
  const prepared = prepare(compile(source, { exports: ['walk'] }))
  const context = contextOf()
  // All of them together would be 72 MiB.
  expect(formatValue(prepared.call('walk', [lines(60), 150_000, 0], context))).toBe(
    String(150_001 * (59 * 30 - 1)),
  )
})
