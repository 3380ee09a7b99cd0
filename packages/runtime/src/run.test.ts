import { formatValue, isRtfsError, keyword } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import {
  createMemoryModuleLoader,
  createRuntime,
  type RuntimeOptions,
  runOfError,
  type TierChoice,
} from './index.js'

const tiers: readonly TierChoice[] = ['ast', 'ir']

async function outcome(
  source: string,
  options: RuntimeOptions = {},
  tier: TierChoice = 'auto',
): Promise<string> {
  try {
    return formatValue((await createRuntime(options).run(source, { tier })).value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code}: ${error.message}`
  }
}

const log: string[] = []
const options: RuntimeOptions = {
  security: { allowedCapabilities: ['slow', 'fast', 'fails'] },
  capabilities: {
    slow: async ([x]) => {
      await new Promise(resolve => setTimeout(resolve, 5))
      log.push(`slow ${formatValue(x!)}`)
      return x
    },
    fast: ([x]) => {
      log.push(`fast ${formatValue(x!)}`)
      return x
    },
    fails: () => {
      throw new Error('no luck')
    },
  },
}

describe.each(tiers)('tier %s', tier => {
  test.each([
    ['(call :slow 1)', '1', ['slow 1']],
    ['(+ (call :fast 1) (call :slow 2) (call "fast" 3))', '6', ['fast 1', 'slow 2', 'fast 3']],
    ['(try (call :fails) (catch e (:message e)))', '"no luck"', []],
    [
      '(parallel [a (call :slow 1)] [b (do (call :fast 0) (call :slow 2))])',
      '{:a 1 :b 2}',
      ['fast 0', 'slow 1', 'slow 2'],
    ],
    ['(try (call :slow 1) (finally (call :fast 2)))', '1', ['slow 1', 'fast 2']],
    [
      '(call :other 1)',
      "! SecurityViolation: Security violation: call on 'other' not allowed in controlled",
      [],
    ],
    ['(do (defn deep [n] (if (= n 0) (call :slow 7) (+ 1 (deep (- n 1))))) (deep 9000))', '9007', ['slow 7']],
  ])('%s', async (source, expected, effects) => {
    log.length = 0
    expect(await outcome(source, options, tier)).toBe(expected)
    expect(log).toEqual(effects)
  })
})

test('modules', async () => {
  const modules = createMemoryModuleLoader({
    'a.rtfs': '(module a (:exports [f m]) (import b :as b) (defn f [x] (b/g x)) (defmacro m [x] `(inc ~x)))',
    'b.rtfs': '(module b (defn g [x] (* 2 x)))',
  })
  expect(await outcome('(import a :refer :all) [(f 4) (m 1) (a/m 2)]', { modules })).toBe('[8 2 3]')
})

test('sessions', async () => {
  const session = createRuntime(options).session()
  await session.run('(defn f [x] (call :slow (+ x 1)))')
  expect((await session.run('(def y (f 1)) (def z (+ y 1))')).value).toBe(3)
  expect((await session.call('f', [5])).value).toBe(6)
  await expect(session.run('(def q 1) (throw :boom)')).rejects.toThrow(':boom')
  expect((await session.run('[q z]')).tier).toBe('ir')
  expect(session.value('q')).toBe(1)
})

test('start and resume', () => {
  const run = createRuntime({ security: { level: 'full' } }).open('(+ (call :a 1) (call :b 2))')
  const first = run.start()
  expect(first).toMatchObject({
    status: 'requires-host',
    effects: [{ capability: 'a', args: [1], position: '0' }],
  })
  const second = run.resume([{ ok: true, value: 10 }])
  expect(second).toMatchObject({ status: 'requires-host', effects: [{ capability: 'b' }] })
  expect(run.resume([{ ok: true, value: 20 }])).toEqual({ status: 'complete', value: 30 })
  void keyword
})

describe('a run that failed tells', () => {
  test.each(['ast', 'ir'] as const)('its fuel, tier and attempts, in %s', async tier => {
    const failing = async (source: string, options: RuntimeOptions = {}) => {
      try {
        await createRuntime(options).run(source, { tier })
      } catch (error) {
        return runOfError(error)
      }
    }
    expect(await failing('(+ 1 (inc 2)) (inc nil)')).toEqual({ tier, fuel: 3, attempts: 1 })
    expect(await failing('(throw "x")')).toEqual({ tier, fuel: 0, attempts: 1 })
    // What there was not enough for is not spent.
    const loop = '(loop [] (do (vec (range 7)) (recur)))'
    expect(await failing(loop, { limits: { fuel: 100 } })).toEqual({ tier, fuel: 100, attempts: 1 })
    const host = { executeCapability: async () => 1 }
    const security = { level: 'full' } as const
    expect(await failing('(inc (call :a)) (nope)', { host, security })).toMatchObject({ tier, attempts: 2 })
    expect(await failing('(')).toBeUndefined()
  })

  test('also one that somebody else drives, and each test', async () => {
    const run = createRuntime().open('(inc nil)')
    try {
      run.start()
      expect.unreachable()
    } catch (error) {
      expect(runOfError(error)).toEqual({ tier: 'ir', fuel: 1, attempts: 1 })
    }
    const session = createRuntime().session()
    await session.run('(deftest fails (inc 1) (inc nil))')
    const [result] = await session.runTests()
    expect(runOfError(result!.error)).toMatchObject({ tier: 'ir', fuel: 2 })
  })
})
