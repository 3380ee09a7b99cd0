import { formatValue, isRtfsError, keyword, RtfsMap } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { createRuntime, type RuntimeOptions, type TierChoice } from '../index.js'
import { recordingHost, soon } from './recording-host.test-util.js'

const full = { level: 'full' } as const

async function run(program: string, options: RuntimeOptions, tier: TierChoice): Promise<string> {
  try {
    return formatValue((await createRuntime(options).run(program, { tier })).value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code}`
  }
}

describe.each(['ast', 'ir'] as const)('what the host is told, tier %s', tier => {
  test.each<[string, string, string, readonly string[]]>([
    ['effects in order', '(do (call :a 1) (call "b" [2]))', 'nil', ['a 1', 'b [2]']],
    ['library wrappers', '(println "x" 1)', 'nil', ['ccos.io.println x 1']],
    ['log-step', '(log-step :warn "x" 2)', '2', ['log warn x 2 1:1']],
    ['a step', '(step "s" 1 2)', '2', ['start s', 'done s1 2']],
    [
      'a failing step',
      '(try (step "s" (/ 1 0)) (catch e 1))',
      '1',
      ['start s', 'failed s1 #<error: Division by zero>'],
    ],
    ['nested steps', '(step "a" (step "b" 1))', '1', ['start a', 'start b', 'done s2 1', 'done s1 1']],
    ['step-if', '(step-if true 1 2)', '1', ['start step-if', 'done s1 1']],
    ['objects', '(task :a 1)', '{:a 1}', ['object {:a 1}']],
    [
      'a resource',
      '(with-resource [r File resource://f] (call :use r))',
      'nil',
      ['use resource://f', 'release resource://f'],
    ],
    [
      'a resource after an error',
      '(with-resource [r File resource://f] (/ 1 0))',
      '! DivisionByZero',
      ['release resource://f'],
    ],
    [
      'nested resources',
      '(with-resource [a F resource://a] (with-resource [b F resource://b] 1))',
      '1',
      ['release resource://b', 'release resource://a'],
    ],
    [
      'a file is closed',
      '(with-resource [r FileHandle resource://f] 1)',
      '1',
      ['ccos.io.close-file resource://f'],
    ],
    [
      'a file that was closed',
      '(with-resource [r FileHandle resource://f] (close-file r))',
      'nil',
      ['ccos.io.close-file resource://f'],
    ],
    [
      'a released handle',
      '(do (close-file resource://f) (read-line resource://f))',
      '! ResourceError',
      ['ccos.io.close-file resource://f'],
    ],
    ['no effect of a branch not taken', '(if true 1 (call :a))', '1', []],
  ])('%s', async (_, program, expected, told) => {
    const { host, log } = recordingHost()
    expect(await run(program, { host, security: full }, tier)).toBe(expected)
    expect(log).toEqual(['prepare', ...told, 'cleanup'])
  })

  test('everything is told once, however often the program is evaluated', async () => {
    const { host, log } = recordingHost()
    const slow: RuntimeOptions = {
      security: full,
      host: {
        ...host,
        executeCapability: async (id, args, call, options) =>
          soon(await host.executeCapability(id, args, call, options)),
      },
    }
    const program = `(log-step 0)
      (step "s" (call :a) (log-step 1) (call :b))
      (task :t 1)
      (with-resource [r F resource://f] (call :c))
      (try (call :d) (throw "x") (catch e (call :e)) (finally (call :f)))
      (log-step 2)`
    expect(await run(program, slow, tier)).toBe('2')
    expect(log.map(line => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'prepare',
      'log info 0',
      'start s',
      'a',
      'log info 1',
      'b',
      'done s1 nil',
      'object {:t 1}',
      'c',
      'release resource://f',
      'd',
      'e',
      'f',
      'log info 2',
      'cleanup',
    ])
  })

  test('hints, steps and exposure go with the call they hold for', async () => {
    const seen: unknown[] = []
    const { host, log } = recordingHost({
      executeCapability: (_id, _args, call) => {
        seen.push({ step: call.causalContext.stepId, hints: [...call.metadata.executionHints] })
        return soon(null)
      },
      setExecutionHint: (key, value) => void log.push(`hint ${key} ${formatValue(value)}`),
      clearExecutionHints: () => void log.push('no hints'),
      setStepExposureOverride: (expose, keys) => void log.push(`expose ${expose} ${keys?.join(' ')}`),
      clearStepExposureOverride: () => void log.push('no exposure'),
    })
    const program = `(step "s" :expose-context true :context-keys ["k"] ^{:runtime.fast true :doc "d"} (call :a))
      (call :b)`
    expect(await run(program, { host, security: full, causalContext: { planId: 'p' } }, tier)).toBe('nil')
    expect(seen).toEqual([
      { step: 's1', hints: [['runtime.fast', true]] },
      { step: undefined, hints: [] },
    ])
    expect(log).toEqual([
      'prepare',
      'start s',
      'hint runtime.fast true',
      'expose true k',
      'no hints',
      'no exposure',
      'done s1 nil',
      'cleanup',
    ])
  })

  test.each([
    ['(get :city)', '"Rome"'],
    ['(get :other)', 'nil'],
    ['city', '! UndefinedSymbol'],
    ['(context/get :city)', '"Rome"'],
    ['(resource:ref "r")', '"value of r"'],
    ['@id', '"t-1"'],
    ['@:id', '"t-1"'],
    ['@owner', '"ann"'],
    ['@nothing', 'nil'],
    ['(:id (rtfs.task/current))', '"t-1"'],
  ])('context: %s', async (program, expected) => {
    const { host } = recordingHost({
      getContextValue: key => (key === 'city' ? 'Rome' : undefined),
      getResource: id => `value of ${id}`,
    })
    const taskContext = RtfsMap.empty.set(keyword('id'), 't-1').set('owner', 'ann')
    expect(await run(program, { host, taskContext, security: full }, tier)).toBe(expected)
  })

  test('free names come from the host only when it is asked for', async () => {
    const { host } = recordingHost({ getContextValue: key => (key === 'city' ? 'Rome' : undefined) })
    expect(await run('[city]', { host, contextFallback: true }, tier)).toBe('["Rome"]')
    expect(await run('town', { host, contextFallback: true }, tier)).toBe('! UndefinedSymbol')
  })

  test('an error of the release is noted in that of the body', async () => {
    const { host } = recordingHost({
      releaseResource: () => {
        throw new Error('stuck')
      },
    })
    const body = '(with-resource [r F resource://f] (throw "body"))'
    const program = `(try ${body} (catch e [(:message e) (map :message (:suppressed (:details e)))]))`
    expect(await run(program, { host }, tier)).toBe('["body" ["stuck"]]')
    expect(await run('(with-resource [r F resource://f] 1)', { host }, tier)).toBe('! ApplicationError')
  })
})
