import { expect, test } from 'vitest'
import { defaultLimits, isRtfsError, type Limits, Meter } from './index.js'

function meter(limits: Partial<Limits>, now: () => number = () => 0): Meter {
  return new Meter({ ...defaultLimits, ...limits }, now)
}

/** How often `step` runs before it throws, and the dimension of the error. */
function runs(step: () => void, atMost = 1_000_000): string {
  for (let i = 0; i < atMost; i++) {
    try {
      step()
    } catch (error) {
      if (isRtfsError(error)) return `${i} ${error.message}`
      throw error
    }
  }
  return 'never'
}

test.each<[string, Partial<Limits>, (m: Meter) => void, string]>([
  ['fuel', { fuel: 1000 }, m => m.charge(1), '1000 Budget exhausted: fuel (limit 1000)'],
  [
    'fuel above the clock interval',
    { fuel: 250_000 },
    m => m.charge(1),
    '250000 Budget exhausted: fuel (limit 250000)',
  ],
  ['fuel in large pieces', { fuel: 1000 }, m => m.charge(300), '3 Budget exhausted: fuel (limit 1000)'],
  ['no fuel limit', { fuel: Infinity }, m => m.charge(1), 'never'],
  ['depth', { depth: 10 }, m => m.enter(), '10 Stack overflow: more than 10 nested calls'],
  ['memory of elements', { allocBytes: 160 }, m => m.elements(5), '2 Budget exhausted: memory (limit 160)'],
  ['memory of strings', { allocBytes: 160 }, m => m.string(40), '2 Budget exhausted: memory (limit 160)'],
  [
    'size of a collection',
    { collectionSize: 10 },
    m => m.elements(11),
    '0 Budget exhausted: collection (limit 10)',
  ],
  [
    'size of a string',
    { collectionSize: 10 },
    m => m.string(11),
    '0 Budget exhausted: collection (limit 10)',
  ],
  ['fuel of long strings', { fuel: 10 }, m => m.string(128), '5 Budget exhausted: fuel (limit 10)'],
  ['output', { outputBytes: 10 }, m => m.output(4), '2 Budget exhausted: output (limit 10)'],
])('%s', (_, limits, step, expected) => {
  const m = meter(limits)
  expect(runs(() => step(m))).toBe(expected)
})

test('the deadline is met while fuel is spent, also without a fuel limit', () => {
  for (const fuel of [1e9, Infinity]) {
    let now = 5000
    const m = meter({ fuel, deadlineMs: 100 }, () => now++)
    const result = runs(() => m.charge(1000), 1e6)
    expect(result).toMatch(/Budget exhausted: time \(limit 100\)$/)
  }
})

test('leaving gives depth back, nothing gives fuel back', () => {
  const m = meter({ depth: 1, fuel: 10 })
  for (let i = 0; i < 5; i++) {
    m.enter()
    m.leave()
  }
  m.charge(4)
  expect([m.spentFuel, m.allocatedBytes]).toEqual([4, 0])
  m.elements(2)
  expect(m.allocatedBytes).toBe(32)
})

test('spent fuel is counted without a limit as well', () => {
  const m = meter({ fuel: Infinity })
  m.charge(250_000)
  expect(m.spentFuel).toBe(250_000)
})

test('the defaults are those of the limits table', () => {
  expect(defaultLimits).toEqual({
    fuel: 1e9,
    depth: 10_000,
    deadlineMs: 10_000,
    allocBytes: 268_435_456,
    outputBytes: 1_048_576,
    collectionSize: 1e7,
    loopIterations: 10_000,
    memoryPages: 1024,
  })
})
