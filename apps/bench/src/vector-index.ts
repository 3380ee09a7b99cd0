import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createHnswIndex } from '@rtfs/index-hnsw'
import { createExactIndex } from '@rtfs/l4-client'
import { inTurns, report } from './delegation.js'

const { HierarchicalNSW } = await import('hnswlib-node')
  .then(module => module.default ?? module)
  .catch(() => ({ HierarchicalNSW: undefined }))

/**
 * `main.js index [--vectors 100000] [--dimension 384] [--m 16] [--ef-construction 200] [--ef 50,100,200]`: how often the
 * graph finds the nearest of clustered vectors, and what a search takes beside hnswlib-node without our checks, on the
 * very same graph.
 */
export async function vectorIndex(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      vectors: { type: 'string', default: '100000' },
      dimension: { type: 'string', default: '384' },
      m: { type: 'string', default: '16' },
      'ef-construction': { type: 'string', default: '200' },
      ef: { type: 'string', default: '50,100,200' },
    },
  })
  if (HierarchicalNSW === undefined) throw new Error('hnswlib-node is not installed')
  const [count, dimension, m] = [values.vectors, values.dimension, values.m].map(Number) as [
    number,
    number,
    number,
  ]
  const efConstruction = Number(values['ef-construction'])
  const dir = mkdtempSync(join(tmpdir(), 'rtfs-bench-index-'))
  try {
    const { vector, query } = clusters(dimension, Math.ceil(count / 50))
    const exact = createExactIndex({ dimension })
    const built = await createHnswIndex({ dimension, m, efConstruction })
    const building = process.cpuUsage()
    for (let i = 0; i < count; i++) await built.add(`v${i}`, vector(i))
    const { user, system } = process.cpuUsage(building)
    console.log(
      `${count} vectors of ${dimension}, M ${m}, efConstruction ${efConstruction}: ${((user + system) / 1e6).toFixed(1)} s CPU, ${((user + system) / count).toFixed(0)} us a vector`,
    )
    const file = join(dir, 'index')
    const saving = performance.now()
    await built.save(file)
    const opening = performance.now()
    await createHnswIndex({ dimension, file })
    console.log(
      `saved in ${((opening - saving) / 1000).toFixed(2)} s, opened in ${((performance.now() - opening) / 1000).toFixed(2)} s`,
    )
    for (let i = 0; i < count; i++) await exact.add(`v${i}`, vector(i))
    const queries = Array.from({ length: 500 }, (_, i) => query(i))
    const nearest: string[] = []
    for (const each of queries) nearest.push((await exact.search(each, 1))[0]!.id)
    const raw = new HierarchicalNSW('ip', dimension)
    raw.readIndexSync(join(dir, readdirSync(dir).find(name => !name.endsWith('.json'))!))
    // What our index does with every vector: hnswlib-node wants them of length 1.
    const points = queries.map(each => Array.from(each))
    for (const ef of values.ef.split(',').map(Number)) {
      const index = await createHnswIndex({ dimension, file, ef })
      let found = 0
      for (const [i, each] of queries.entries()) {
        if ((await index.search(each, 1))[0]!.id === nearest[i]) found++
      }
      raw.setEf(ef)
      const [ours, theirs] = await inTurns(
        queries.length,
        async () => {
          for (const each of queries) await index.search(each, 1)
        },
        () => {
          for (const point of points) raw.searchKnn(point, 1)
        },
      )
      console.log(
        `ef ${ef}: recall@1 ${(found / queries.length).toFixed(3)}, ${(ours! / 1000).toFixed(1)} us, hnswlib-node 3.0.0 ${(theirs! / 1000).toFixed(1)} us`,
      )
      report(`ef ${ef}: misses of the nearest`, 100 * (1 - found / queries.length), 1, '%')
      report(`ef ${ef}: times hnswlib-node by itself`, ours! / theirs!, 1.2, '')
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * Vectors around centres, as descriptions stand around tasks; uniform ones say nothing about recall. A query is another
 * one from around a centre that has vectors. All are the same in every run, and of length 1.
 */
function clusters(dimension: number, centres: number) {
  const centre = (i: number) => unit(dimension, normal(i + 1))
  const near = (i: number, seed: number, spread: number) => {
    const [from, number] = [centre(i), normal(seed)]
    const scale = spread / Math.sqrt(dimension)
    return unitOf(from.map(x => x + scale * number()))
  }
  return {
    vector: (i: number) => near(i % centres, 1_000_003 + i, 0.6),
    query: (i: number) => near((i * 31) % centres, 500_000_003 + i, 0.6),
  }
}

function unit(dimension: number, number: () => number): Float32Array {
  return unitOf(Float32Array.from({ length: dimension }, number))
}

function unitOf(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return vector.map(x => x / length)
}

/** About normal: the sum of four numbers of mulberry32. */
function normal(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1)
  const number = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5
  }
  return () => (number() + number() + number() + number()) * Math.sqrt(3)
}
