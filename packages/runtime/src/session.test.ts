import { formatValue, HostFunction, RtfsFloat } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { createRuntime, RtfsParseError } from './index.js'

describe.each(['ast', 'ir'] as const)('sessions, tier %s', tier => {
  test('definitions, types and functions build on one another', async () => {
    const session = createRuntime().session()
    await session.run('(deftype Age [:and int [:>= 0]]) (defn older [x : Age] (+ x 1))', { tier })
    await session.run('(def x (older 3))', { tier })
    expect((await session.run('(def x (older x)) x', { tier })).value).toBe(5)
    await session.run('(defn older [x] :redefined)', { tier })
    expect(formatValue((await session.run('(older 1)', { tier })).value)).toBe(':redefined')
    expect(session.names()).toEqual(['older', 'x'])
  })

  test('a unit that suspends may redefine what it reads', async () => {
    const session = createRuntime({
      security: { level: 'full' },
      capabilities: { slow: async () => 1 },
    }).session()
    await session.run('(def n 1)', { tier })
    await session.run('(def n (+ n 1)) (call :slow) (def n (+ n 1)) (call :slow)', { tier })
    expect(session.value('n')).toBe(3)
  })

  test('what a failed unit defined stays', async () => {
    const session = createRuntime().session()
    await expect(session.run('(def a 1) (throw "x") (def b 2)', { tier })).rejects.toThrow('x')
    expect((await session.run('a', { tier })).value).toBe(1)
    await expect(session.run('b', { tier })).rejects.toMatchObject({ code: 'UndefinedSymbol' })
    await expect(session.run('(', { tier })).rejects.toBeInstanceOf(RtfsParseError)
    expect((await session.run('a', { tier })).value).toBe(1)
  })

  test('functions are called with JavaScript data', async () => {
    const session = createRuntime().session()
    await session.run(
      '(defn f [& xs] xs) (def twice (fn [g] (g (g 1)))) (defn half [x :float] :float (/ x 2))',
      { tier },
    )
    const { value } = await session.call('f', [1, 'a', { k: [true, null] }, 2.5], { tier })
    expect(formatValue(value)).toBe('(1 "a" {"k" [true nil]} 2.5)')
    expect((await session.call('twice', [(x: number) => x * 10], { tier })).value).toBe(100)
    expect((await session.call('half', [3], { tier })).value).toEqual(new RtfsFloat(1.5))
    expect(session.callSync('stdlib/inc', [1], { tier }).value).toBe(2)
    await expect(session.call('nope', [], { tier })).rejects.toMatchObject({ code: 'UndefinedSymbol' })
    await expect(session.call('half', ['x'], { tier })).rejects.toMatchObject({ code: 'TypeValidationError' })
  })

  test('host functions that throw raise errors of the language', async () => {
    const session = createRuntime().session()
    await session.run('(defn f [g] (try (g 1) (catch e (:message e))))', { tier })
    const bad = new HostFunction('bad', () => {
      throw new Error('no')
    })
    expect((await session.call('f', [bad], { tier })).value).toBe('no')
  })

  test('tests run when they are asked for', async () => {
    const session = createRuntime().session()
    const { tests } = await session.run(
      '(defn f [x] (+ x 1)) (deftest good (is (= 2 (f 1)))) (deftest bad (is (= 3 (f 1)) "off"))',
      { tier },
    )
    expect(tests).toEqual(['good', 'bad'])
    const [good, bad] = await session.runTests()
    expect(good).toMatchObject({ name: 'good', error: undefined })
    expect(bad).toMatchObject({
      name: 'bad',
      error: { message: 'Test failed: off: (= 3 (f 1)): 3 is not 2' },
    })
  })
})

test('a parsed program runs, unless it has errors', async () => {
  const runtime = createRuntime()
  const session = runtime.session()
  expect((await session.run(session.parse('(+ 1 2)'))).value).toBe(3)
  expect((await runtime.run(runtime.parse('(+ 1 2)').program)).value).toBe(3)
  await expect(session.run(session.parse('(+ 1 2'))).rejects.toBeInstanceOf(RtfsParseError)
  expect(() => runtime.runSync(runtime.parse('(if)'))).toThrow(RtfsParseError)
})

test('units of one session run one after the other', async () => {
  const session = createRuntime({
    security: { level: 'full' },
    capabilities: { slow: () => new Promise(resolve => setTimeout(() => resolve(1), 5)) },
  }).session()
  const first = session.run('(def x (call :slow))')
  const second = session.run('(+ x 1)')
  expect(() => session.runSync('1')).toThrow(/busy/)
  expect((await second).value).toBe(2)
  await first
  expect(session.runSync('x').value).toBe(1)
})

test('another tier catches up with the units so far, without repeating their effects', async () => {
  let count = 0
  const session = createRuntime({
    security: { level: 'full' },
    capabilities: { count: () => ++count },
    limits: { depth: 1_000_000 },
  }).session()
  await session.run('(def n (call :count)) (defn deep [k] (if (= k 0) n (+ 1 (deep (- k 1)))))')
  await expect(session.run('(def m 5) (throw "x")')).rejects.toThrow()
  const result = await session.run('(+ m (deep 200000))')
  expect(result).toMatchObject({ value: 200006, tier: 'ast' })
  expect(count).toBe(1)
  expect((await session.run('(deep 1)')).tier).toBe('ir')
  await session.run('(def d (deep 200000))')
  expect(await session.run('(+ d (deep 1))')).toMatchObject({ value: 200003, tier: 'ast' })
  expect(count).toBe(1)
})

test('catching up does nothing that a cancelled unit did not do', async () => {
  const done: string[] = []
  const abort = new AbortController()
  const session = createRuntime({
    security: { level: 'full' },
    capabilities: {
      stop: {
        idempotent: true,
        execute: () => {
          done.push('stop')
          abort.abort()
          return new Promise(() => {})
        },
      },
      after: () => done.push('after'),
    },
  }).session()
  const cancelled = session.run('(def a 1) (call :stop) (def b (call :after))', {
    tier: 'ir',
    signal: abort.signal,
  })
  await expect(cancelled).rejects.toMatchObject({ code: 'RTFS_ABORTED' })
  expect((await session.run('a', { tier: 'ast' })).value).toBe(1)
  await expect(session.run('b', { tier: 'ast' })).rejects.toMatchObject({ code: 'UndefinedSymbol' })
  expect(done).toEqual(['stop'])
})

test('an error in a function of an earlier unit points into that unit', async () => {
  const { sourceOfError } = await import('./error-source.js')
  const session = createRuntime().session()
  await session.run('(defn f [x]\n (inc x))')
  const error = await session.run('(f "a")').catch(reason => reason)
  expect(error.file).toBe('<unit 1>')
  expect(sourceOfError(error)?.positionAt(error.span.start)).toEqual({ line: 2, column: 2 })
})
