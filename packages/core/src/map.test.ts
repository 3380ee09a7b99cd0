import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keys, seeded } from './arbitrary.test-util.js'
import {
  float,
  isMapKey,
  KeyReader,
  keyword,
  type MapKey,
  RtfsMap,
  RtfsMapBuilder,
  RtfsSymbol,
  type Value,
} from './index.js'
import { hashKey } from './key-hash.js'

/** Everything that can be seen of a map, each way of reading it checked against the others. */
function entriesOf(map: RtfsMap): [MapKey, Value][] {
  const entries = [...map].map(([key, value]): [MapKey, Value] => [key, value])
  expect([...map.keys()]).toEqual(entries.map(([key]) => key))
  expect([...map.values()]).toEqual(entries.map(([, value]) => value))
  expect(map.toFlatArray()).toEqual(entries.flat())
  const visited: [MapKey, Value][] = []
  map.forEach((value, key) => {
    visited.push([key, value])
  })
  expect(visited).toEqual(entries)
  entries.forEach(([key, value], i) => {
    expect(map.keyAt(i)).toBe(key)
    expect(map.valueAt(i)).toBe(value)
    expect(map.get(key)).toBe(value)
  })
  expect(map.size).toBe(entries.length)
  return entries
}

type Step = { readonly key: MapKey; readonly value: number | undefined }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    key: fc.oneof(fc.integer({ min: 0, max: 30 }), keys),
    value: fc.option(fc.integer(), { nil: undefined, freq: 3 }),
  }),
  { maxLength: 120, size: 'max' },
)

test('behaves as a Map, in order, in every version', () => {
  fc.assert(
    fc.property(steps, all => {
      const reference = new Map<MapKey, Value>()
      const versions: [RtfsMap, [MapKey, Value][]][] = []
      let map = RtfsMap.empty
      for (const { key, value } of all) {
        if (value === undefined) {
          const before = map
          map = map.delete(key)
          if (!reference.delete(key)) expect(map).toBe(before)
        } else {
          map = map.set(key, value)
          reference.set(key, value)
        }
        versions.push([map, [...reference]])
      }
      // Only now, so that a version that a later one has changed is found out.
      for (const [version, expected] of versions) expect([...version]).toEqual(expected)
      expect(entriesOf(map)).toEqual([...reference])
    }),
    { ...seeded, numRuns: 200 },
  )
})

test('a builder gives the same map and leaves what it started from and what it built alone', () => {
  fc.assert(
    fc.property(steps, steps, (first, second) => {
      const base = first.reduce((map, { key, value }) => map.set(key, value ?? 0), RtfsMap.empty)
      const before = entriesOf(base)
      const builder = new RtfsMapBuilder(base)
      let expected = base
      for (const { key, value } of second) {
        expect(builder.get(key)).toBe(expected.get(key))
        expect(builder.has(key)).toBe(expected.has(key))
        builder.set(key, value ?? 1)
        expected = expected.set(key, value ?? 1)
        expect(builder.size).toBe(expected.size)
      }
      const built = builder.build()
      for (let i = 0; i < 20; i++) builder.set(i, -1)
      expect(entriesOf(built)).toEqual(entriesOf(expected))
      expect(entriesOf(base)).toEqual(before)
    }),
    { ...seeded, numRuns: 200 },
  )
})

/** Sizes around where a row becomes a table, where a table is no longer copied, and where tries of old versions stand. */
const sizes = fc.constantFrom(0, 3, 15, 16, 17, 18, 40, 63, 64, 65, 100, 128, 200, 1100)

const changes = fc.record({
  kind: fc.constantFrom('add', 'add', 'set', 'delete', 'build'),
  /** Which version goes on, counted from the newest: often one of the last. */
  back: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
  key: fc.nat(1200),
})

const keyOfKind = {
  integers: (i: number): MapKey => i * 7 - 100,
  keywords: (i: number): MapKey => keyword(`k${i}`),
  strings: (i: number): MapKey => `key ${i}`,
}

test.each(Object.entries(keyOfKind))(
  'any version may go on, and every one stays what it was: %s',
  (_, keyOf) => {
    fc.assert(
      fc.property(sizes, fc.array(changes, { maxLength: 40 }), (size, all) => {
        const first = Array.from({ length: size }, (_, i): [MapKey, Value] => [keyOf(i), i])
        const set = (map: RtfsMap, [key, value]: [MapKey, Value]): RtfsMap => map.set(key, value)
        const half = first.slice(0, size >> 1).reduce(set, RtfsMap.empty)
        const versions: [RtfsMap, Map<MapKey, Value>][] = [
          [RtfsMap.from(first), new Map(first)],
          [half, new Map(first.slice(0, size >> 1))],
          [first.slice(size >> 1).reduce(set, half), new Map(first)],
        ]
        let next = 0
        for (const { kind, back, key } of all) {
          const [map, reference] = versions[Math.max(0, versions.length - 1 - back)]!
          const expected = new Map(reference)
          const chosen = keyOf(kind === 'add' ? 2000 + next : key % (size + 2))
          const value = 10_000 + next++
          if (kind === 'delete') {
            expected.delete(chosen)
            versions.push([map.delete(chosen), expected])
          } else if (kind === 'build') {
            const added: [MapKey, Value][] = [0, 1, 2].map(i => [keyOf(key + 700 * i), value + i])
            const builder = new RtfsMapBuilder(map)
            for (const [each, to] of added) builder.set(each, to)
            const built = builder.build()
            versions.push([built, new Map([...reference, ...added])])
            // What a builder does after `build` is none of the map's business.
            builder.set(keyOf(key), 0).set(keyOf(3000 + next), 0)
          } else {
            versions.push([map.set(chosen, value), expected.set(chosen, value)])
          }
        }
        for (const [map, reference] of versions) {
          expect(map.toFlatArray()).toEqual([...reference].flat())
          const asked = [...versions.flatMap(([, other]) => [...other.keys()].slice(-3)), ...reference.keys()]
          expect(asked.filter(key => map.get(key) !== reference.get(key))).toEqual([])
        }
        entriesOf(versions[versions.length - 1]![0])
      }),
      { ...seeded, numRuns: 60 },
    )
  },
)

test('a thousand versions that grew out of one another can each be changed', () => {
  const versions = [RtfsMap.empty]
  for (let i = 0; i < 1000; i++) versions.push(versions[i]!.set(i, i))
  for (const [size, version] of versions.entries()) {
    const changed = version.set(size >> 1, 'changed').set('new', 1)
    const expected = new Map<MapKey, Value>(Array.from({ length: size }, (_, i) => [i, i]))
    expect(changed.toFlatArray()).toEqual([...expected.set(size >> 1, 'changed').set('new', 1)].flat())
    expect(version.size).toBe(size)
    expect(version.has('new')).toBe(false)
  }
})

describe('keys', () => {
  const distinct: MapKey[] = [
    1,
    '1',
    keyword('1'),
    true,
    'true',
    keyword('true'),
    2n ** 60n,
    String(2n ** 60n),
    false,
    -1,
    0,
    '',
  ]

  test('are told apart by type and value, in small and in large maps', () => {
    const fillers = Array.from({ length: 100 }, (_, i): [MapKey, Value] => [`filler ${i}`, i])
    for (const rest of [[], fillers]) {
      const map = RtfsMap.from([...distinct.map((key, i): [MapKey, Value] => [key, i]), ...rest])
      expect(map.size).toBe(distinct.length + rest.length)
      distinct.forEach((key, i) => {
        expect(map.get(key)).toBe(i)
      })
      expect(map.get(2n ** 60n)).toBe(6)
      expect(map.has('absent')).toBe(false)
      expect(map.get(float(1) as unknown as MapKey)).toBeUndefined()
    }
  })

  test('isMapKey', () => {
    expect(distinct.every(key => isMapKey(key as Value))).toBe(true)
    expect([null, float(1), new RtfsSymbol('a'), RtfsMap.empty].some(isMapKey)).toBe(false)
  })
})

test('a reader of one key reads it in maps of any kind, one after the other', () => {
  const key = keyword('wanted')
  const filled = (before: number, after: number): [MapKey, Value][] => [
    ...Array.from({ length: before }, (_, i): [MapKey, Value] => [`before ${i}`, key]),
    [key, before],
    ...Array.from({ length: after }, (_, i): [MapKey, Value] => [i, key]),
  ]
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(3)), { maxLength: 12 }), all => {
      const reader = new KeyReader(key)
      for (const [before, after, kind] of all) {
        const map = RtfsMap.from(filled(before, after))
        if (kind === 1) expect(map.delete(key).read(reader)).toBeUndefined()
        else if (kind === 2) {
          const again = map.set('x', 1).set('x', 2).delete('x').set(key, 'again')
          // Half of them with their entries in order.
          if (before % 2 === 0) again.keyAt(0)
          expect(again.read(reader)).toBe('again')
        } else expect(map.read(reader)).toBe(before)
      }
      expect(RtfsMap.empty.read(reader)).toBeUndefined()
    }),
    seeded,
  )
})

test('a present nil is not absent', () => {
  const map = RtfsMap.empty.set('a', null)
  expect(map.get('a')).toBeNull()
  expect(map.has('a')).toBe(true)
  expect(map.get('b')).toBeUndefined()
})

test('of equal keys the last value wins at the first position', () => {
  expect(
    entriesOf(
      RtfsMap.from([
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ]),
    ),
  ).toEqual([
    ['a', 3],
    ['b', 2],
  ])
  expect(entriesOf(RtfsMap.fromFlat(['a', 1, 'b', 2, 'a', 3]))).toEqual([
    ['a', 3],
    ['b', 2],
  ])
})

test('a value that equals a key is not taken for it', () => {
  const map = RtfsMap.from([
    ['a', 'b'],
    ['b', 'a'],
    [1, 2],
  ])
  expect(entriesOf(map.set('b', 'x').set(2, 'y'))).toEqual([
    ['a', 'b'],
    ['b', 'x'],
    [1, 2],
    [2, 'y'],
  ])
  expect(entriesOf(map.delete('b'))).toEqual([
    ['a', 'b'],
    [1, 2],
  ])
})

test('a key set again after it was deleted goes to the end', () => {
  let map = RtfsMap.from(Array.from({ length: 20 }, (_, i): [MapKey, Value] => [i, i]))
  map = map.delete(3).set(3, 'again')
  expect([...map.keys()].at(-1)).toBe(3)
  expect(map.size).toBe(20)
})

test('an emptied map is the empty map', () => {
  let map = RtfsMap.from(Array.from({ length: 50 }, (_, i): [MapKey, Value] => [i, i]))
  for (let i = 0; i < 50; i++) map = map.delete(i)
  expect(map.size).toBe(0)
  expect(entriesOf(map)).toEqual([])
  expect(RtfsMap.from([['a', 1]]).delete('a')).toBe(RtfsMap.empty)
})

test('keys with one hash live side by side', () => {
  // Hashes are 32 bits, so among this many texts some share all of them.
  const byHash = new Map<number, string>()
  const colliding: string[] = []
  for (let i = 0; colliding.length < 6; i++) {
    const text = `key ${i}`
    const hash = hashKey(text)
    const other = byHash.get(hash)
    if (other !== undefined) colliding.push(other, text)
    byHash.set(hash, text)
  }
  const fillers = Array.from({ length: 100 }, (_, i): [MapKey, Value] => [i, i])
  let map = RtfsMap.from([...fillers, ...colliding.map((key): [MapKey, Value] => [key, key])])
  for (const key of colliding) expect(map.get(key)).toBe(key)
  map = map.set(colliding[1]!, 'changed').delete(colliding[0]!)
  expect(map.get(colliding[0]!)).toBeUndefined()
  expect(map.get(colliding[1]!)).toBe('changed')
  expect(map.delete(colliding[0]!)).toBe(map)
  expect(entriesOf(map).length).toBe(105)
  for (const key of colliding) map = map.delete(key)
  expect(entriesOf(map)).toEqual(fillers)
}, 60_000)

test('a queue that has seen many keys still iterates over few', () => {
  let map = RtfsMap.empty
  for (let i = 0; i < 20_000; i++) {
    map = map.set(i, i)
    if (i >= 20) map = map.delete(i - 20)
  }
  expect([...map.keys()]).toEqual(Array.from({ length: 20 }, (_, i) => 19_980 + i))
})

test('16,384 integers chosen to collide in a JavaScript Map are not slow here', () => {
  // V8 keeps small integers in a hash table by an unseeded hash; these keys share its low bits.
  const bucketHash = (key: number): number => {
    let hash = key >>> 0
    hash = (~hash + (hash << 15)) >>> 0
    hash = (hash ^ (hash >>> 12)) >>> 0
    hash = (hash + (hash << 2)) >>> 0
    hash = (hash ^ (hash >>> 4)) >>> 0
    hash = Math.imul(hash, 2057) >>> 0
    return (hash ^ (hash >>> 16)) & 0x3fffffff
  }
  const chosen: number[] = []
  for (let key = 0; chosen.length < 16_384; key++) if ((bucketHash(key) & 0x3fff) === 0) chosen.push(key)
  const time = (all: readonly number[]): number => {
    const started = performance.now()
    const map = RtfsMap.from(all.map((key): [MapKey, Value] => [key, 1]))
    for (const key of all) if (map.get(key) !== 1) throw new Error('lost')
    return performance.now() - started
  }
  const plain = Array.from({ length: 16_384 }, (_, i) => i)
  time(plain)
  expect(time(chosen)).toBeLessThan(20 * time(plain) + 20)
}, 60_000)
