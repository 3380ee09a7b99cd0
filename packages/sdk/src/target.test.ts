import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createRtfs } from './rtfs.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-target-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const text = '(defn add "Adds." ^{:examples [[[1 2] 3]]} [x :int y :int] :int (+ x y))'

test.each(['wasm32', 'rtfs-bc'] as const)(
  '%s: published, found and called as code of that target',
  async target => {
    const rtfs = createRtfs({ dir: join(home, target), target })
    try {
      const [published] = await rtfs.publish(text)
      const name = target === 'wasm32' ? 'wasm32-rtfs' : target
      expect(published).toMatchObject({ ok: true, answer: { record: { target: name } } })
      const answer = await rtfs.find({
        signature: '[:=> [:int :int] :int]',
        examples: [{ args: [1, 2], expected: 3 }],
      })
      expect(answer.hit).toBeDefined()
      expect((await rtfs.call('add', [20, 22])).value).toBe(42)
      // What the target does not cover, the interpreters run.
      expect((await rtfs.run('(map (fn [x] (* x x)) [1 2 3])')).value).toBeDefined()
    } finally {
      await rtfs.close()
    }
  },
)

test('a target that is none is said to be none', () => {
  expect(() => createRtfs({ target: 'arm' as never })).toThrow('target is wasm32 or rtfs-bc, not arm')
})
