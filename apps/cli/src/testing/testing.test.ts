import { SourceText } from '@rtfs/core'
import { openSqliteCacheStore } from '@rtfs/sdk'
import { describe, expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'
import { processIo } from '../io.js'
import type { TierOutcome } from './outcomes.js'
import { PassedTests } from './passed-tests.js'
import { parseTestFile } from './run-file.js'

describe('test', () => {
  const shop = (price: string) => `(module shop
  (:exports [total])
  (defn total "price with tax"
    ^{:examples [[[100.0] ${price}]]}
    [price :float] :float
    (* price 1.5)))\n`

  test('examples in every tier', async () => {
    const { code, out } = await invoke(['test', 'shop.rtfs'], {
      cwd: directoryWith({ 'shop.rtfs': shop('150.0') }),
    })
    expect(code).toBe(0)
    for (const tier of ['ast', 'ir', 'wasm']) expect(out).toContain(`shop.rtfs: ${tier}: 1 passed`)
  })

  test('one that fails is told once, with its tiers', async () => {
    const cwd = directoryWith({ 'shop.rtfs': shop('151.0') })
    const { code, err } = await invoke(['test', 'shop.rtfs'], { cwd })
    expect(code).toBe(1)
    expect(err).toContain('FAILED shop.rtfs shop/total in ast, ir, wasm\n')
    expect(err.match(/FAILED/g)).toHaveLength(1)
    expect(err).toContain('should give 151.0, gave 150.0')
    expect(err).toContain('--> shop.rtfs:3:3')
  })

  test('deftest forms', async () => {
    const text = '(deftest good (is (= 1 1))) (deftest bad (is (= 1 2)))'
    const cwd = directoryWith({ 't.rtfs': text })
    const { code, out, err } = await invoke(['test', 't.rtfs', '--tier', 'ir', '--json'], { cwd })
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      outcomes: [
        {
          file: 't.rtfs',
          tier: 'ir',
          results: [
            { kind: 'test', name: 'good', passed: true },
            { kind: 'test', name: 'bad', passed: false, message: expect.any(String) },
          ],
        },
      ],
    })
    expect(err).toContain('FAILED t.rtfs bad in ir')
    expect(err).toContain('--> t.rtfs:1:42')
    expect(JSON.parse(out).outcomes[0].results[1]).toMatchObject({
      error: 'ApplicationError',
      span: { line: 1, column: 42 },
    })
  })

  test('a file that does not parse exits with 3', async () => {
    expect((await invoke(['test', 't.rtfs'], { cwd: directoryWith({ 't.rtfs': '(' }) })).code).toBe(3)
  })

  test('several files have a sum; a directory stands for those below it', async () => {
    const cwd = directoryWith({ 'a/x.rtfs': shop('150.0'), 'a/b/y.rtfs': '(deftest t (is (= 1 2)))' })
    const { code, out } = await invoke(['test', 'a', '--tier', 'ast'], { cwd })
    expect(code).toBe(1)
    expect(out).toMatch(
      /^a\/b\/y.rtfs: ast: 0 passed, 1 failed\na\/x.rtfs: ast: 1 passed\n2 files: 1 passed, 1 failed in [\d.]+ s\n$/,
    )
  })
})

describe('what passed before', () => {
  const results = [{ kind: 'test', name: 't', passed: true }] as const
  const parse = (text: string, module = '(module m (:exports [f]) (defn f [] 1))') => {
    const cwd = directoryWith({ 'm.rtfs': module })
    return parseTestFile(new SourceText(text, 'x.rtfs'), 'x.rtfs', { ...processIo([]), cwd })
  }
  const source = '(import m) (deftest t (is (= 1 (m/f))))'
  const passes = async (build = 'b') =>
    new PassedTests(await openSqliteCacheStore({ file: ':memory:' }), build)
  const outcome: TierOutcome = { file: 'x.rtfs', tier: 'ir', results }

  test('is known by its code: comments and layout do not count', async () => {
    const passed = await passes()
    await passed.keep(parse(source), outcome, {})
    for (const text of [source, `; new\n${source.replaceAll(' ', '\n  ')}`]) {
      expect(
        await passed.find(parse(text, '(module m (:exports [f]) ; said\n (defn f [] 1))'), 'ir', {}),
      ).toEqual({
        ...outcome,
        cached: true,
      })
    }
  })

  test.each([
    ['other code', parse(source.replace('1', '2')), 'ir', {}],
    ['other code of a module', parse(source, '(module m (:exports [f]) (defn f [] 2))'), 'ir', {}],
    ['another tier', parse(source), 'wasm', {}],
    ['other limits', parse(source), 'ir', { maxFuel: '5' }],
  ] as const)('%s runs', async (_, file, tier, flags) => {
    const passed = await passes()
    await passed.keep(parse(source), outcome, {})
    expect(await passed.find(file, tier, flags)).toBeUndefined()
  })

  test('another build of the command runs all', async () => {
    const store = await openSqliteCacheStore({ file: ':memory:' })
    await new PassedTests(store, 'one').keep(parse(source), outcome, {})
    expect(await new PassedTests(store, 'two').find(parse(source), 'ir', {})).toBeUndefined()
    expect(await new PassedTests(store, 'one').find(parse(source), 'ir', {})).toBeDefined()
  })

  test.each([
    ['what failed', { ...outcome, results: [{ kind: 'test', name: 't', passed: false }] }],
    ['what a tier does not cover', { ...outcome, notCovered: 'no' }],
  ] as const)('%s runs again', async (_, kept) => {
    const passed = await passes()
    await passed.keep(parse(source), kept, {})
    expect(await passed.find(parse(source), 'ir', {})).toBeUndefined()
  })
})
