import type { VectorIndex } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, checks, failure } from './check.js'

/** Numbers that look random and are the same everywhere (mulberry32). */
export function createNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5
  }
}

/** Vectors around a few centres: uniform ones say nothing about recall. */
export function clusteredVectors(count: number, dimension: number, seed = 1): Float32Array[] {
  const number = createNumbers(seed)
  const centres = Array.from({ length: 20 }, () => Float32Array.from({ length: dimension }, number))
  return Array.from({ length: count }, (_, i) => centres[i % 20]!.map(x => x + 0.4 * number()))
}

function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0
  let squaresA = 0
  let squaresB = 0
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!
    squaresA += a[i]! ** 2
    squaresB += b[i]! ** 2
  }
  return product / Math.sqrt(squaresA * squaresB)
}

/** What every vector index does. `create` makes an empty one of the given dimension. */
export function vectorIndexSuite(
  runner: Runner,
  create: (options: { readonly dimension: number }) => Promise<VectorIndex>,
): void {
  const { expect } = runner
  const check = checks(runner, 'vector index', () => create({ dimension: 3 }))
  const ids = (matches: readonly { readonly id: string }[]) => matches.map(match => match.id)

  check('an empty index has no matches', async index => {
    expect(await index.search(Float32Array.of(1, 0, 0), 5)).toEqual([])
    expect([index.size, index.dimension]).toEqual([0, 3])
  })

  check('best first, by cosine and not by length', async index => {
    await index.add('far', Float32Array.of(0, 1, 0))
    await index.add('same', Float32Array.of(10, 0, 0))
    await index.add('near', Float32Array.of(0.1, 0.01, 0))
    await index.add('opposite', Float32Array.of(-1, 0, 0))
    const matches = await index.search(Float32Array.of(2, 0, 0), 4)
    expect(ids(matches)).toEqual(['same', 'near', 'far', 'opposite'])
    expect(matches.map(match => Math.round(match.score * 1000) / 1000)).toEqual([1, 0.995, 0, -1])
    expect(ids(await index.search(Float32Array.of(2, 0, 0), 2))).toEqual(['same', 'near'])
    expect(await index.search(Float32Array.of(2, 0, 0), 0)).toEqual([])
  })

  check('adding an id again takes the place of its vector', async index => {
    await index.add('a', Float32Array.of(1, 0, 0))
    await index.add('b', Float32Array.of(0, 1, 0))
    await index.add('a', Float32Array.of(0, 0, 1))
    expect(index.size).toEqual(2)
    const [first] = await index.search(Float32Array.of(0, 0, 1), 2)
    expect([first?.id, Math.round(first!.score)]).toEqual(['a', 1])
  })

  check('removes, as `supports` says', async index => {
    await index.add('a', Float32Array.of(1, 0, 0))
    await index.add('b', Float32Array.of(0.9, 0.1, 0))
    await index.add('c', Float32Array.of(0, 1, 0))
    if (!index.supports.remove) {
      expect(await failure(() => index.remove('a'))).toEqual('RTFS_NOT_SUPPORTED')
      return
    }
    expect([await index.remove('a'), await index.remove('a')]).toEqual([true, false])
    expect(index.size).toEqual(2)
    expect(ids(await index.search(Float32Array.of(1, 0, 0), 5))).toEqual(['b', 'c'])
    await index.add('a', Float32Array.of(1, 0, 0))
    expect(ids(await index.search(Float32Array.of(1, 0, 0), 5))).toEqual(['a', 'b', 'c'])
  })

  check('refuses vectors that would spoil it', async index => {
    const wrong = [
      Float32Array.of(1, 0),
      Float32Array.of(1, 0, 0, 0),
      Float32Array.of(Number.NaN, 0, 0),
      Float32Array.of(1, Number.POSITIVE_INFINITY, 0),
      [1, 0, 0] as unknown as Float32Array,
      undefined as unknown as Float32Array,
    ]
    for (const vector of wrong) {
      expect(await failure(() => index.add('x', vector))).toEqual('RTFS_USAGE')
      expect(await failure(() => index.search(vector, 1))).toEqual('RTFS_USAGE')
    }
    for (const k of [-1, 1.5, Number.NaN]) {
      expect(await failure(() => index.search(Float32Array.of(1, 0, 0), k))).toEqual('RTFS_USAGE')
    }
    expect(index.size).toEqual(0)
  })

  check('keeps its own copy', async index => {
    const vector = Float32Array.of(1, 0, 0)
    await index.add('a', vector)
    vector.set([0, 1, 0])
    expect(Math.round((await index.search(Float32Array.of(1, 0, 0), 1))[0]!.score)).toEqual(1)
  })

  check('an aborted call rejects', async index => {
    expect(await failure(() => index.search(Float32Array.of(1, 0, 0), 1, aborted))).toEqual('RTFS_ABORTED')
  })

  runner.test('vector index: finds what a plain comparison finds', async () => {
    const dimension = 20
    const index = await create({ dimension })
    const vectors = clusteredVectors(1000, dimension)
    for (let i = 0; i < vectors.length; i++) await index.add(`v${i}`, vectors[i]!)
    let found = 0
    const queries = clusteredVectors(20, dimension, 2)
    for (const query of queries) {
      const scores = vectors.map(vector => cosine(query, vector))
      const best = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, 10)
      const matches = await index.search(query, 10)
      for (const { id, score } of matches) {
        expect(Math.abs(score - scores[Number(id.slice(1))]!) < 1e-5, `score of ${id}`).toEqual(true)
      }
      found += matches.filter(match => best.includes(Number(match.id.slice(1)))).length
    }
    const recall = found / (10 * queries.length)
    expect(recall >= (index.supports.exact ? 1 : 0.9), `recall ${recall}`).toEqual(true)
    await index.close()
  })
}
