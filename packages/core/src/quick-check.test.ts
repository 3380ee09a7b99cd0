import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded, values } from './arbitrary.test-util.js'
import {
  conformsQuickly,
  defaultLimits,
  float,
  isRtfsError,
  kw,
  Meter,
  type ResolveType,
  RtfsList,
  RtfsMap,
  RtfsVector,
  type Type,
  types as t,
  type Value,
  validateValue,
} from './index.js'

const aliases = new Map<string, Type>([
  ['Id', t.int],
  ['Tree', t.union(t.int, t.vector(t.ref('Tree')))],
  ['Chain', t.vector(t.ref('Chain'))],
  ['Loop', t.ref('Loop')],
  ['Row', t.record([t.entry(kw('a'), t.ref('Id')), t.entry(kw('b'), t.float, true)])],
])
const resolve: ResolveType = name => aliases.get(name)

const meterOf = (fuel = defaultLimits.fuel): Meter => new Meter({ ...defaultLimits, fuel }, () => 0)

/** What the validator says and charges: the fuel of a value that conforms unchanged. */
function slowCost(value: Value, type: Type): number | undefined {
  const meter = meterOf()
  const result = validateValue(value, type, { resolve, meter })
  return result.ok && result.value === value ? meter.spentFuel : undefined
}

function quickCost(value: Value, type: Type): number | undefined {
  const meter = meterOf()
  const holds = conformsQuickly(value, type, resolve, meter)
  if (!holds) expect(meter.spentFuel).toBe(0)
  return holds ? meter.spentFuel : undefined
}

/** A type that the value has, or nearly has, as the numbers decide. */
function typeNear(value: Value, next: () => number): Type {
  const inner = (each: Value): Type => typeNear(each, next)
  switch (next() % 9) {
    case 0:
      return t.any
    case 1:
      return t.union(t.string, t.nil, t.int, inner0(value))
    case 2:
      return t.and(inner0(value), t.predicate('non-empty'))
    case 3:
      return t.ref(next() % 2 === 0 ? 'Tree' : 'Unknown')
    default:
      return inner0(value)
  }

  function inner0(of: Value): Type {
    if (of instanceof RtfsVector || of instanceof RtfsList) {
      if (next() % 2 === 0) return t.tuple(...of.toArray().map(inner))
      const element = of.size === 0 ? t.int : inner(of.at(0))
      return next() % 2 === 0 ? t.seq(element) : t.vector(element)
    }
    if (of instanceof RtfsMap) {
      if (next() % 4 === 0) return t.mapOf(t.any, of.size === 0 ? t.int : inner(of.valueAt(0)))
      const named = [...of].slice(0, next() % 4)
      const entries = named.map(([key, each]) => t.entry(key, inner(each), next() % 2 === 0))
      if (next() % 3 === 0) entries.push(t.entry(kw('absent'), t.int, true))
      return next() % 2 === 0 ? t.record(entries) : t.record(entries, t.any)
    }
    if (of === null) return t.nil
    if (typeof of === 'string') return next() % 3 === 0 ? t.enum('a', of) : t.string
    if (typeof of === 'boolean') return t.bool
    if (typeof of === 'number') return next() % 2 === 0 ? t.number : t.int
    return t.any
  }
}

test('what is said quickly is what the validator says, and costs the same', () => {
  let sure = 0
  fc.assert(
    fc.property(
      values,
      fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 }),
      (value, numbers) => {
        let at = 0
        const type = typeNear(value, () => numbers[at++ % numbers.length]!)
        const quick = quickCost(value, type)
        if (quick === undefined) return
        sure++
        expect(quick).toBe(slowCost(value, type))
      },
    ),
    seeded,
  )
  expect(sure).toBeGreaterThan(150)
})

const row = (a: Value, b: Value): RtfsMap =>
  RtfsMap.from([
    [kw('a'), a],
    [kw('b'), b],
  ])
const rows = RtfsVector.from(Array.from({ length: 100 }, (_, i) => row(i, float(i))))
const rowType = t.vector(t.record([t.entry(kw('a'), t.int), t.entry(kw('b'), t.float)]))

test.each<[string, Value, Type, number | undefined]>([
  ['records', rows, rowType, 300],
  ['a second look at the same', rows, rowType, 300],
  ['through a name', rows, t.vector(t.ref('Row')), 500],
  ['an Integer where a Float is meant', RtfsVector.from([row(1, 2)]), rowType, 3],
  ['a key that is a text', RtfsMap.from([['a', 1]]), t.record([t.entry(kw('a'), t.int)]), 1],
  ['a missing key', RtfsMap.empty, t.record([t.entry(kw('a'), t.int)]), undefined],
  ['a name that means itself', rows, t.ref('Loop'), undefined],
  ['an Integer, which may become a Float', 1, t.float, undefined],
])('%s', (_, value, type, cost) => {
  expect(quickCost(value, type)).toBe(cost)
  if (cost !== undefined) expect(slowCost(value, type)).toBe(cost)
})

test('what was kept is not believed once a name stands for something else', () => {
  const type = t.vector(t.ref('Row'))
  expect(conformsQuickly(rows, type, resolve, meterOf())).toBe(true)
  expect(conformsQuickly(rows, type, () => t.string, meterOf())).toBe(false)
})

test('a budget that ends in the middle is left to the validator', () => {
  expect(conformsQuickly(rows, rowType, resolve, meterOf(299))).toBe(false)
  expect(conformsQuickly(rows, rowType, resolve, meterOf(300))).toBe(true)
})

test('a value that doubles with every level ends with the fuel or the time', () => {
  let value: Value = RtfsVector.empty
  for (let i = 0; i < 40; i++) value = RtfsVector.from([value, value])
  expect(conformsQuickly(value, t.ref('Chain'), resolve, meterOf(100_000))).toBe(false)
  let clock = 0
  const meter = new Meter(defaultLimits, () => clock++ * 1000)
  expect(() => conformsQuickly(value, t.ref('Chain'), resolve, meter)).toThrow(
    expect.toSatisfy(error => isRtfsError(error, 'BudgetExhausted')),
  )
})
