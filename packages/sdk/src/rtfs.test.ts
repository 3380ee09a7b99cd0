import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float, formatValue } from '@rtfs/core'
import { afterAll, describe, expect, test } from 'vitest'
import { createRtfs, type RtfsOptions } from './rtfs.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-sdk-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let directories = 0
function open(options: RtfsOptions = {}) {
  return createRtfs({ dir: join(home, String(directories++)), ...options })
}

const shop = `(module shop (:exports [gross twice])
  (defn gross "Price with tax." ^{:examples [[[50.0 0.1] 55.0]]} [price :float rate :float] :float
    (* price (+ 1.0 rate)))
  (defn twice "Twice a number." [n :int] :int (* 2 n)))`

describe('without a cache', () => {
  test.each(['ast', 'ir', 'wasm'] as const)('programs run in %s and nothing is written', async tier => {
    const rtfs = open({ cache: false })
    const { value, tier: ran } = await rtfs.run(
      '(defn f [n] (if (< n 2) n (+ (f (- n 1)) (f (- n 2))))) (f 15)',
      { tier },
    )
    expect([formatValue(value), ran]).toEqual(['610', tier])
    expect(existsSync(rtfs.dir)).toBe(false)
    await expect(rtfs.cache()).rejects.toThrow('switched off')
  })

  test('a declaration without a body fails clearly', async () => {
    const rtfs = open({ cache: false })
    const source = '(defn f "Adds." ^:delegation :l4 [a :int] :int) (f 1)'
    await expect(rtfs.run(source)).rejects.toMatchObject({ code: 'UnresolvedFunction' })
  })
})

describe('publish, find, call', () => {
  test('a function is verified in every tier, found in each way, and runs', async () => {
    const rtfs = open()
    const [gross, twice] = await rtfs.publish(shop)
    if (gross?.ok !== true || twice?.ok !== true) throw new Error('not published')
    expect(gross.answer.report?.checks.map(check => [check.name, check.passed, check.cases])).toEqual([
      ['types', true, 1],
      ['examples ast', true, 1],
      ['generated', true, 24],
      ['examples ir', true, 1],
      ['examples wasm', true, 1],
    ])
    const signature = '[:=> [:float :float] :float]'
    const examples = [{ args: [float(50), float(0.1)], expected: float(55) }]
    const found = {
      code: await rtfs.find({ signature, codeHash: gross.fn.codeHash!, modes: ['same-code'] }),
      interface: await rtfs.find({ signature }),
      meaning: await rtfs.find({ signature, task: 'what it costs with VAT', examples }),
    }
    expect(Object.values(found).map(answer => answer.hit?.record.name)).toEqual(['gross', 'gross', 'gross'])
    const { value } = await rtfs.call(found.meaning.hit!.target, [float(200), float(0.5)])
    expect(formatValue(value)).toBe('300.0')
    expect(formatValue((await rtfs.call('twice', [21])).value)).toBe('42')
    await rtfs.close()
  })

  test('publishing again answers with what is there, also from another process', async () => {
    const first = open()
    await first.publish(shop)
    await first.close()
    const second = createRtfs({ dir: first.dir })
    const outcomes = (await second.publish(shop)).map(each => (each.ok ? each.answer.outcome : 'failed'))
    expect(outcomes).toEqual(['existing', 'existing'])
    await second.close()
  })

  test('similarity alone is no hit, unless the caller opts in', async () => {
    const rtfs = open()
    await rtfs.publish(shop)
    const request = { signature: '[:=> [:float :float] :float]', task: 'price with a tax' }
    expect((await rtfs.find(request)).hit).toBe(undefined)
    const answer = await rtfs.find({ ...request, accept: 'similarity', threshold: 0.1 })
    expect(answer.hit?.acceptedBy).toBe('similarity')
    await rtfs.close()
  })

  test('a function whose example fails is not published, the others are', async () => {
    const rtfs = open()
    const results = await rtfs.publish(
      '(defn good ^{:examples [[[1] 2]]} [n :int] :int (+ n 1)) (defn bad ^{:examples [[[1] 9]]} [n :int] :int (- n 1))',
    )
    expect(results.map(each => [each.fn.name, each.ok])).toEqual([
      ['good', true],
      ['bad', false],
    ])
    expect(await (await rtfs.cache()).list()).toHaveLength(1)
    await rtfs.close()
  })

  test('an invalid program is refused whole', async () => {
    const rtfs = open()
    await expect(rtfs.publish('(defn f [n :int] :int (undefined-name n))')).rejects.toMatchObject({
      code: 'RTFS_INVALID_PROGRAM',
    })
    await rtfs.close()
  })

  test('a module of another namespace is called by its full name', async () => {
    const rtfs = open()
    await rtfs.publish(shop, { namespace: 'acme/shop', only: 'twice' })
    expect(formatValue((await rtfs.call('acme/shop/twice', [4])).value)).toBe('8')
    await rtfs.close()
  })

  test('examples without a description decide among modules with the interface', async () => {
    const rtfs = open()
    await rtfs.publish(shop)
    const signature = '[:=> [:int] :int]'
    expect((await rtfs.find({ signature, examples: [{ args: [3], expected: 6 }] })).hit?.record.name).toBe(
      'twice',
    )
    expect((await rtfs.find({ signature, examples: [{ args: [3], expected: 7 }] })).hit).toBe(undefined)
    await rtfs.close()
  })

  test('nothing fits: the reason is said', async () => {
    const rtfs = open()
    await rtfs.publish(shop)
    const { hit, reason } = await rtfs.find({ signature: '[:=> [:string] :int]' })
    expect(hit).toBe(undefined)
    expect(reason).not.toBe('')
    await expect(rtfs.call('nowhere', [])).rejects.toThrow("no module 'nowhere'")
    await rtfs.close()
  })
})

describe('delegation', () => {
  test('a declaration is answered by the cache; a body only with the same code, or by hint', async () => {
    const rtfs = open()
    await rtfs.publish(shop)
    const declared = `(defn with-tax "Price including tax." ^{:examples [[[50.0 0.1] 55.0]]} ^:delegation :l4
      [price :float rate :float] :float) (with-tax 10.0 0.5)`
    expect(formatValue((await rtfs.run(declared)).value)).toBe('15.0')
    await rtfs.close()
  })

  test('an example that nothing fulfils leaves the declaration unresolved', async () => {
    const rtfs = open()
    await rtfs.publish(shop)
    const declared = `(defn without-tax "Price without tax." ^{:examples [[[55.0 0.1] 50.0]]} ^:delegation :l4
      [price :float rate :float] :float) (without-tax 10.0 0.5)`
    await expect(rtfs.run(declared)).rejects.toMatchObject({ code: 'UnresolvedFunction' })
    await rtfs.close()
  })
})
