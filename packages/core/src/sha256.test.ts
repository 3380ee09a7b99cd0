import { expect, test } from 'vitest'
import { sha256 } from '#sha256'
import { sha256 as viaNoble } from './sha256-noble.js'
import { sha256 as viaNode } from './sha256-node.js'

const hex = (bytes: Uint8Array) => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('')

test('in Node #sha256 is the one on node:crypto', () => {
  expect(sha256).toBe(viaNode)
})

test.each([
  ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('both give the published digest of %s', (_, text, digest) => {
  const bytes = new TextEncoder().encode(text)
  expect(hex(viaNode(bytes))).toBe(digest)
  expect(hex(viaNoble(bytes))).toBe(digest)
})

test('both give a plain Uint8Array that owns its memory', () => {
  for (const digest of [viaNode(new Uint8Array(3)), viaNoble(new Uint8Array(3))]) {
    expect(Object.getPrototypeOf(digest)).toBe(Uint8Array.prototype)
    expect(digest.buffer.byteLength).toBe(32)
  }
})
