import type { Embedder } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, failure } from './check.js'

/** What every embedder does. */
export function embedderSuite(runner: Runner, create: () => Promise<Embedder>): void {
  const { test, expect } = runner
  const texts = [
    'Add two numbers',
    'Sort a list of names',
    '',
    '!?',
    '足し算',
    'a'.repeat(20_000),
    '\u{1F600}',
  ]

  test('embedder: names its model', async () => {
    const { id, revision, dimension } = (await create()).model
    expect([id === '', revision === '', Number.isInteger(dimension) && dimension > 0]).toEqual([
      false,
      false,
      true,
    ])
  })

  test('embedder: gives a finite vector of length 1 for any text', async () => {
    const embedder = await create()
    const vectors = await embedder.embed(texts)
    expect(vectors.length).toEqual(texts.length)
    vectors.forEach((vector, i) => {
      const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
      expect(vector.length, `dimension for text ${i}`).toEqual(embedder.model.dimension)
      expect(Math.abs(length - 1) < 1e-3, `length ${length} for text ${i}`).toEqual(true)
    })
  })

  test('embedder: the same text gives the same vector, alone and among others', async () => {
    const [all, another] = [await (await create()).embed(texts), await create()]
    for (let i = 0; i < texts.length; i++) expect(await another.embed([texts[i]!])).toEqual([all[i]])
  })

  test('embedder: no texts give no vectors', async () => {
    expect(await (await create()).embed([])).toEqual([])
  })

  test('embedder: an aborted call rejects', async () => {
    const embedder = await create()
    expect(await failure(() => embedder.embed(['a'], aborted))).toEqual('RTFS_ABORTED')
  })
}
