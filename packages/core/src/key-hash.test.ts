import { expect, test } from 'vitest'
import { keyword, type MapKey } from './index.js'
import { hashKey } from './key-hash.js'

const families: [string, (i: number) => MapKey][] = [
  ['small integers', i => i],
  ['integers that differ above 32 bits', i => i * 2 ** 32],
  ['integers that differ below', i => 2 ** 40 + i],
  ['large integers', i => 2n ** 62n - BigInt(i)],
  ['negative integers', i => -i - 1],
  ['short texts', i => i.toString(36)],
  ['texts with a long common beginning', i => 'x'.repeat(40) + i],
  ['texts of one character', i => String.fromCharCode(i)],
  ['texts that differ in length only', i => 'a'.repeat(i)],
  ['keywords', i => keyword(`k${i}`)],
]

test.each(families)('%s spread over all levels of the trie', (_, make) => {
  const hashes = Array.from({ length: 2000 }, (__, i) => hashKey(make(i)))
  expect(new Set(hashes).size).toBeGreaterThan(1990)
  for (let shift = 0; shift <= 25; shift += 5) {
    const buckets = new Array<number>(32).fill(0)
    for (const hash of hashes) buckets[(hash >>> shift) & 31]!++
    // 62.5 expected; six standard deviations are 47.
    expect(Math.max(...buckets)).toBeLessThan(110)
    expect(Math.min(...buckets)).toBeGreaterThan(15)
  }
})

test('a hash is a signed 32-bit integer and stays the same', () => {
  for (const key of ['a', 1, -1, 2n ** 62n, true, keyword('a')]) {
    expect(hashKey(key)).toBe(hashKey(key) | 0)
  }
  expect(hashKey('ab')).toBe(hashKey(['a', 'b'].join('')))
  expect(hashKey(true)).not.toBe(hashKey(false))
})
