import { formatValue, isRtfsError, languageError } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { createRuntime, type RuntimeOptions } from '../index.js'
import type { SecurityOptions } from './security.js'

async function run(program: string, options: RuntimeOptions): Promise<string> {
  try {
    return formatValue((await createRuntime(options).run(program)).value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.message}`
  }
}

const refused = (id: string, level: string, what = 'call') =>
  `! Security violation: ${what} on '${id}' not allowed in ${level}`

test.each<[string, SecurityOptions | undefined, string, string]>([
  ['nothing by default', undefined, 'ccos.io.log', refused('ccos.io.log', 'pure')],
  ['pure', { level: 'pure', allowedCapabilities: ['a'] }, 'a', refused('a', 'pure')],
  ['controlled, not listed', { allowedCapabilities: ['a'] }, 'b', refused('b', 'controlled')],
  ['controlled, listed', { allowedCapabilities: ['a'] }, 'a', '"ran"'],
  ['full', { level: 'full' }, 'anything', '"ran"'],
  [
    'a denied effect',
    { level: 'full', deniedEffects: [':network'] },
    'ccos.network.http-fetch',
    refused('ccos.network.http-fetch', 'full', 'effect :network'),
  ],
  ['an allowed effect', { level: 'full', allowedEffects: ['filesystem'] }, 'ccos.io.read-file', '"ran"'],
  [
    'an effect that is not allowed',
    { level: 'full', allowedEffects: [':compute'] },
    'ccos.io.read-file',
    refused('ccos.io.read-file', 'full', 'effect :filesystem'),
  ],
  [
    'an unknown effect',
    { level: 'full', allowedEffects: [':compute'] },
    'own.thing',
    refused('own.thing', 'full', 'effect :unknown'),
  ],
  [
    'several labels',
    { level: 'full', allowedEffects: [':io'] },
    'ccos.user.ask',
    refused('ccos.user.ask', 'full', 'effect :user-interaction'),
  ],
])('%s', async (_, security, id, expected) => {
  const ran: string[] = []
  const host = {
    executeCapability: (capability: string) => {
      ran.push(capability)
      return 'ran'
    },
  }
  expect(await run(`(call "${id}")`, { host, ...(security === undefined ? {} : { security }) })).toBe(
    expected,
  )
  expect(ran).toEqual(expected === '"ran"' ? [id] : [])
})

describe('capabilities', () => {
  const calls: string[] = []
  const options: RuntimeOptions = {
    security: { level: 'full' },
    capabilities: {
      typed: {
        input: ':int',
        output: ':string',
        effects: [':compute'],
        execute: ([x]) => (x === 1 ? 'one' : x),
      },
      pair: { input: '[:tuple :int :string]', execute: ([a, b]) => [b, a] },
      js: () => ({ list: [1, 2.5, null], on: new Date(0) }),
      fails: () => {
        throw new Error('down')
      },
      network: async () => {
        throw languageError('NetworkError', 'Network error: gone', { message: 'gone' })
      },
      odd: () => Symbol('no value'),
      counted: ([x]) => {
        calls.push('counted')
        return x
      },
    },
  }
  test.each([
    ['(call :typed 1)', '"one"'],
    ['(call :typed "1")', '! Type validation error: call/typed: expected :int, got string'],
    ['(call :typed 2)', '! Type validation error: call/typed: expected :string, got integer'],
    ['(call :pair 1 "a")', '["a" 1]'],
    ['(try (call :pair 1) (catch TypeValidationError e (:path (:details e))))', '["call/pair"]'],
    ['(call :js)', '{"list" [1 2.5 nil] "on" 1970-01-01T00:00:00Z}'],
    ['(try (call :fails) (catch ApplicationError e (:message e)))', '"down"'],
    ['(try (call :network) (catch :network e (:message e)))', '"Network error: gone"'],
    ['(try (call :odd) (catch TypeError e 1))', '1'],
    ['(call :missing)', '! Unknown capability: missing'],
    ['(try (call :missing) (catch UnknownCapability e (:capability (:details e))))', '"missing"'],
    ['(current-timestamp-ms)', '5000'],
    ['(current-time)', '5'],
  ])('%s', async (program, expected) => {
    expect(await run(program, { ...options, clock: { now: () => 5000, monotonic: () => 0 } })).toBe(expected)
  })

  test('a call is recorded before it runs, and does not run when that fails', async () => {
    calls.length = 0
    const host = {
      executeCapability: () => null,
      recordProvenance: () => {
        calls.push('recorded')
        if (calls.length > 2) throw new Error('ledger is full')
      },
    }
    const program = '[(call :counted 1) (try (call :counted 2) (catch e (:message e)))]'
    expect(await run(program, { ...options, host })).toBe(
      '[1 "Runtime error: the call of counted could not be recorded: ledger is full"]',
    )
    expect(calls).toEqual(['recorded', 'counted', 'recorded'])
  })

  test('output is counted', async () => {
    const told = { ...options, capabilities: { 'ccos.io.println': () => null }, limits: { outputBytes: 100 } }
    expect(await run('(dotimes [i 1000] (println "0123456789"))', told)).toBe(
      '! Budget exhausted: output (limit 100)',
    )
    expect(
      await run('(log-step (loop [i 0 s ""] (if (= i 50) s (recur (inc i) (str s "0123456789")))))', {
        ...told,
        host: { executeCapability: () => null, log: () => {} },
      }),
    ).toBe('! Budget exhausted: output (limit 100)')
  })
})
