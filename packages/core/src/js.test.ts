import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nested, seeded } from './arbitrary.test-util.js'
import {
  assertValue,
  equals,
  type FromJsOptions,
  float,
  formatValue,
  fromJs,
  HostFunction,
  int,
  isRtfsError,
  keyword,
  kw,
  languageError,
  list,
  parseTimestamp,
  RtfsFloat,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Suspended,
  sym,
  type ToJsOptions,
  toJs,
  type Value,
} from './index.js'

describe('fromJs', () => {
  test.each<[string, unknown, string, FromJsOptions?]>([
    ['undefined', undefined, 'nil'],
    ['null', null, 'nil'],
    ['safe integers', 9007199254740991, '9007199254740991'],
    ['larger integral numbers', 2 ** 53, '9007199254740992.0'],
    ['fractions', 2.5, '2.5'],
    ['minus zero', -0, '-0.0'],
    ['NaN', NaN, '##NaN'],
    ['bigints', 2n ** 63n - 1n, '9223372036854775807'],
    ['small bigints', 5n, '5'],
    ['arrays', [1, [undefined, 'a']], '[1 [nil "a"]]'],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
    ['arrays with holes', [1, , 2], '[1 nil 2]'],
    ['objects', { a: 1, b: { c: [] } }, '{"a" 1 "b" {"c" []}}'],
    ['objects with keyword keys', { a: 1, 'b/c': { d: 2 } }, '{:a 1 :b/c {:d 2}}', { keywordKeys: true }],
    ['objects without prototype', Object.assign(Object.create(null), { a: 1 }), '{"a" 1}'],
    ['__proto__ as a key', JSON.parse('{"__proto__":1}'), '{"__proto__" 1}'],
    [
      'Maps',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, 3],
        [true, 4],
        [kw('k'), 5],
        [2n ** 60n, 6],
      ]),
      '{"a" 1 2 3 true 4 :k 5 1152921504606846976 6}',
    ],
    ['dates', new Date('2026-01-31T08:00:00.250Z'), '2026-01-31T08:00:00.25Z'],
    [
      'RTFS values',
      [float(2), kw('a'), sym('b'), list(1), RtfsMap.empty, parseTimestamp('2026-01-31T08:00:00Z')!],
      '[2.0 :a b (1) {} 2026-01-31T08:00:00Z]',
    ],
  ])('%s', (_, value, expected, options) => {
    const converted = fromJs(value, options)
    assertValue(converted)
    expect(formatValue(converted)).toBe(expected)
  })

  const circular: unknown[] = []
  circular.push([circular])

  test.each<[string, unknown, string]>([
    ['cycles', circular, 'Type error in fromJs: expected a value without cycles, got cycle'],
    ['symbols', Symbol('a'), 'Type error in fromJs: expected plain data, got symbol'],
    ['Sets', new Set(), 'Type error in fromJs: expected plain data, got Set'],
    ['typed arrays', new Uint8Array(1), 'Type error in fromJs: expected plain data, got Uint8Array'],
    ['promises', Promise.resolve(1), 'Type error in fromJs: expected plain data, got Promise'],
    ['instances', new (class Point {})(), 'Type error in fromJs: expected plain data, got Point'],
    ['errors', new Error('x'), 'Type error in fromJs: expected plain data, got Error'],
    ['invalid dates', new Date(NaN), 'Type error in fromJs: expected a valid Date, got invalid Date'],
    ['far dates', new Date(8.64e15), 'is not a time between the years 0000 and 9999'],
    ['lone surrogates', ['\ud800'], 'expected well-formed text'],
    ['lone surrogates in keys', { '\ud800': 1 }, 'expected well-formed text'],
    [
      'odd keys of a Map',
      new Map([[1.5, 1]]),
      'expected a key that is a string, integer, boolean or keyword',
    ],
    ['bigints outside 64 bits', 2n ** 63n, 'Integer overflow in fromJs'],
  ])('%s are refused', (_, value, message) => expect(() => fromJs(value)).toThrow(message))

  test('an object met twice is no cycle and is converted once', () => {
    const shared = { a: 1 }
    const value = fromJs([shared, shared]) as RtfsVector
    expect(value.at(0)).toBe(value.at(1))
    let doubling: unknown = 1
    for (let i = 0; i < 100; i++) doubling = [doubling, doubling]
    expect(fromJs(doubling)).toBeInstanceOf(RtfsVector)
  })

  test('depth does not matter', () => {
    let deep: unknown = 1
    for (let i = 0; i < 200_000; i++) deep = [deep]
    expect(equals(fromJs(deep), nested(200_000))).toBe(true)
  })

  test('an object of another realm is plain data', () => {
    const foreignPrototype = Object.create(null, { hasOwnProperty: { value: () => true } })
    expect(formatValue(fromJs(Object.assign(Object.create(foreignPrototype), { a: 1 })))).toBe('{"a" 1}')
  })
})

describe('functions', () => {
  test('are called with JavaScript values and may return them', () => {
    const fn = fromJs(function total(items: number[], { factor }: { factor: number }) {
      return { total: items.reduce((a, b) => a + b) * factor }
    })
    if (!(fn instanceof HostFunction)) throw new Error('no HostFunction')
    expect(fn.name).toBe('total')
    const result = fn.call([fromJs([1, 2.5]), fromJs({ factor: 2 })])
    expect(formatValue(result)).toBe('{"total" 7}')
  })

  test('their failures become errors of the program, ours stay what they are', () => {
    const throwing = (error: unknown): HostFunction =>
      fromJs(() => {
        throw error
      }) as HostFunction
    const cause = new Error('no luck')
    expect(() => throwing(cause).call([])).toThrow(
      expect.objectContaining({ code: 'Generic', message: 'Runtime error: no luck', cause }),
    )
    expect(() => throwing('text').call([])).toThrow('Runtime error: text')
    const ours = languageError('IoError', 'disk')
    expect(() => throwing(ours).call([])).toThrow(ours)
    const signal = new Suspended([])
    expect(() => throwing(signal).call([])).toThrow(signal as never)
  })
})

describe('toJs', () => {
  test.each<[string, Value, unknown, ToJsOptions?]>([
    ['nil', null, null],
    ['floats', float(2), 2],
    ['integers', 5, 5],
    ['large integers', 2n ** 60n, 2n ** 60n],
    [
      'integers, always as bigint',
      RtfsVector.from([5, 2n ** 60n, float(5)]),
      [5n, 2n ** 60n, 5],
      { bigint: 'always' },
    ],
    ['keywords', kw('a/b'), 'a/b'],
    ['keywords with colon', RtfsMap.from([[kw('a'), kw('b')]]), { ':a': ':b' }, { keywords: 'colon' }],
    ['sequences', RtfsVector.from([1, list(2, RtfsVector.empty)]), [1, [2, []]]],
    [
      'maps',
      RtfsMap.from([
        [kw('a'), 1],
        ['b', RtfsMap.empty],
      ]),
      { a: 1, b: {} },
    ],
    [
      'maps with keys that clash',
      RtfsMap.from([
        [kw('a'), 1],
        ['a', 2],
      ]),
      new Map<unknown, unknown>([
        [kw('a'), 1],
        ['a', 2],
      ]),
    ],
    [
      'keys that clash no more',
      RtfsMap.from([
        [kw('a'), 1],
        ['a', 2],
      ]),
      { ':a': 1, a: 2 },
      { keywords: 'colon' },
    ],
    [
      'maps with other keys',
      RtfsMap.from([
        [1, kw('a')],
        [true, float(2)],
      ]),
      new Map<unknown, unknown>([
        [1, 'a'],
        [true, 2],
      ]),
    ],
    ['symbols stay', sym('a'), new RtfsSymbol('a')],
    ['timestamps stay', parseTimestamp('2026-01-31T08:00:00Z')!, parseTimestamp('2026-01-31T08:00:00Z')!],
  ])('%s', (_, value, expected, options) => expect(toJs(value, options)).toEqual(expected))

  test('objects have no prototype, so that no key can reach one', () => {
    const object = toJs(fromJs(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'))) as Record<
      string,
      unknown
    >
    expect(Object.getPrototypeOf(object)).toBeNull()
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('large integers can be refused', () => {
    expect(() => toJs(2n ** 60n, { bigint: 'error' })).toThrow('is not a safe integer')
    expect(toJs(5, { bigint: 'error' })).toBe(5)
  })

  test('depth does not matter', () => {
    let depth = 0
    for (let value = toJs(nested(200_000)); Array.isArray(value); value = value[0]) depth++
    expect(depth).toBe(200_000)
  })

  test('after fromJs it is the identity on JSON data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), data => {
        expect(JSON.stringify(toJs(fromJs(data)))).toBe(JSON.stringify(data))
      }),
      seeded,
    )
  })
})

describe('constructors', () => {
  test('int', () => {
    expect(int(5)).toBe(5)
    expect(int(-0)).toBe(0)
    expect(int(5n)).toBe(5)
    expect(int(2 ** 60)).toBe(2n ** 60n)
    expect(() => int(1.5)).toThrow('1.5 is not an integer')
    expect(() => int(NaN)).toThrow('NaN is not an integer')
    expect(() => int(2 ** 63)).toThrow('Integer overflow')
  })

  test('float, kw, sym, list', () => {
    expect(float(2)).toEqual(new RtfsFloat(2))
    expect(kw('a/b')).toBe(keyword('a/b'))
    expect(sym('x').name).toBe('x')
    expect(formatValue(list(1, 'a'))).toBe('(1 "a")')
  })

  test('isRtfsError knows the errors of the boundary', () => {
    expect.assertions(1)
    try {
      fromJs(Symbol('x'))
    } catch (error) {
      expect(isRtfsError(error, 'TypeError')).toBe(true)
    }
  })
})
