import { describe, expect, test } from 'vitest'
import { binaryHash, bytesOf, example, request, testCache } from './testing.test-util.js'

const ask = { interfaceHash: binaryHash }

describe('publish', () => {
  test('verifies, stores and signs; then the same code is found and runs', async () => {
    const { cache } = testCache()
    const published = await cache.publish(request('add', 'Add two numbers', { examples: [example(1, 2, 3)] }))
    expect(published.outcome).toBe('published')
    expect(published.blobs.map(blob => blob.kind)).toEqual(['evidence', 'source', 'ir', 'wasm'])
    expect(published.report?.checks.map(check => check.name)).toEqual(['type check', 'examples'])

    const codeHash = published.record.codeHash
    const { hit } = await cache.query({ ...ask, codeHash, modes: ['same-code'] })
    expect(hit?.acceptedBy).toBe('code')
    const loaded = await cache.load(hit!.target, { ...ask, codeHash })
    expect(loaded.loaded && loaded.module(40, 2)).toBe(42)
  })
})

test('by meaning, examples decide', async () => {
  const { cache } = testCache()
  await cache.publish(request('add', 'Add two numbers'))
  await cache.publish(request('multiply', 'Multiply two numbers'))
  const answer = await cache.query({
    ...ask,
    modes: ['semantic'],
    description: 'add two numbers together',
    examples: [example(3, 4, 12)],
    explain: true,
  })
  console.log(answer.reason, answer.candidates, bytesOf('add').length)
  expect(answer.hit?.record.name).toBe('multiply')
})
