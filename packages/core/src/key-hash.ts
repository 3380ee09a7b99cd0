import { Keyword, type MapKey } from './values.js'

// Seeds are drawn once per process: whoever chooses the keys of a map cannot know which of them collide. Nothing a
// program can see depends on these hashes; maps iterate in insertion order.

let seedA = 0
let seedB = 0
let seeded = false

function drawSeeds(): void {
  const seeds = crypto.getRandomValues(new Uint32Array(2))
  seedA = seeds[0]! | 0
  seedB = seeds[1]! | 0
  seeded = true
}

/** A signed 32-bit hash of a map key, stable within the process. */
export function hashKey(key: MapKey): number {
  if (!seeded) drawSeeds()
  if (key instanceof Keyword) return mix(key.id ^ seedA)
  switch (typeof key) {
    case 'string':
      return hashText(key)
    case 'number':
      return hashWords(key | 0, Math.floor(key / 4294967296) | 0)
    case 'boolean':
      return mix((key ? 1 : 2) ^ seedB)
    case 'bigint':
      return hashWords(Number(BigInt.asIntN(32, key)), Number(BigInt.asIntN(32, key >> 32n)))
    default:
      // Not a key: looking it up finds nothing.
      return 0
  }
}

function hashWords(low: number, high: number): number {
  return mix(mix(low ^ seedA) ^ high ^ seedB)
}

/** The finalizer of MurmurHash3: every bit of the input reaches every bit of the output. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return word ^ (word >>> 16)
}

/**
 * HalfSipHash-1-3 over the code units, two to a word. Simpler string hashes have pairs of blocks that collide under
 * every seed, from which any number of colliding keys can be put together.
 */
function hashText(text: string): number {
  let v0 = seedA
  let v1 = seedB
  let v2 = seedA ^ 0x6c796765
  let v3 = seedB ^ 0x74656462
  const pairs = text.length >> 1
  // One more word carries the length and the odd unit; three rounds end the hash.
  for (let i = 0; i <= pairs + 3; i++) {
    let word = 0
    if (i < pairs) word = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 16)
    else if (i === pairs) word = (text.length << 16) | (text.length & 1 ? text.charCodeAt(2 * i) : 0)
    else if (i === pairs + 1) v2 ^= 0xff
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = (v1 << 5) | (v1 >>> 27)
    v1 ^= v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = (v3 << 8) | (v3 >>> 24)
    v3 ^= v2
    v0 = (v0 + v3) | 0
    v3 = (v3 << 7) | (v3 >>> 25)
    v3 ^= v0
    v2 = (v2 + v1) | 0
    v1 = (v1 << 13) | (v1 >>> 19)
    v1 ^= v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
  }
  return v1 ^ v3
}
