import { digestOf, encodeUtf8 } from '@rtfs/core'
import { expect, test } from 'vitest'
import { createHashEmbedder } from './hash-embedder.js'
import { type Operation, request, testCache } from './testing.test-util.js'

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

test('no query ever crosses namespace, interface or embedding space', { timeout: 60_000 }, async () => {
  const random = numbers(7)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const namespaces = ['acme', 'acme/prices', 'acme-prices', 'other']
  const interfaces = ['[:fn [:int :int] :int]', '[:fn [:int] :int]', '[:fn [:int :int] :float]']
  const dimensions = [256, 384] as const
  const descriptions = ['Add two numbers', 'add two numbers', 'Multiply two numbers', 'Subtract']
  const first = testCache()
  const caches = dimensions.map(dimension => ({
    dimension,
    cache: testCache({ ...first, embedder: createHashEmbedder({ dimension }) }).cache,
  }))
  const hash = (text: string) => digestOf(encodeUtf8(text))
  for (let i = 0; i < 60; i++) {
    const signature = pick(interfaces)
    await pick(caches).cache.publish(
      request(pick(['add', 'multiply', 'subtract'] satisfies Operation[]), pick(descriptions), {
        namespace: pick(namespaces),
        interface: signature,
        interfaceHash: hash(signature),
        codeHash: hash(`code ${i}`),
      }),
    )
  }
  let candidates = 0
  let hits = 0
  for (let i = 0; i < 300; i++) {
    const { cache, dimension } = pick(caches)
    const namespace = pick(namespaces)
    const interfaceHash = hash(pick(interfaces))
    const modes = [pick(['semantic', 'same-interface', 'same-code'] as const)]
    const answer = await cache.query({
      namespace,
      interfaceHash,
      modes,
      codeHash: hash(`code ${Math.floor(random() * 60)}`),
      description: pick(descriptions),
      accept: 'similarity',
      threshold: 0,
      explain: true,
    })
    for (const { id, mode, outcome } of answer.candidates) {
      const record = (await first.records.get(id))!
      candidates++
      expect(record.namespace).toBe(namespace)
      if (outcome !== 'refused') expect(record.interfaceHash).toBe(interfaceHash)
      if (mode === 'semantic') {
        expect([record.interfaceHash, record.embedding?.vector.length]).toEqual([interfaceHash, dimension])
      }
    }
    if (answer.hit !== undefined) {
      hits++
      const { record, manifest } = answer.hit
      expect([manifest.namespace, record.namespace]).toEqual([namespace, namespace])
      expect([manifest.interfaceHash, record.interfaceHash]).toEqual([interfaceHash, interfaceHash])
    }
  }
  expect(candidates).toBeGreaterThan(500)
  expect(hits).toBeGreaterThan(100)
})
