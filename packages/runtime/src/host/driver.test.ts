import { formatValue, isRtfsError, RtfsError } from '@rtfs/core'
import type { CallOptions, EffectResult, HostCallInfo, JournalEntry, JournalStore } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { createMemoryJournalStore, createRuntime, type RuntimeOptions, type Tier } from '../index.js'
import { recordingHost, soon } from './recording-host.test-util.js'

// Of Node, whose types are not among those of this package.
declare function setImmediate(then: () => void): void

const security = { level: 'full' } as const

/** A store that cannot append at once, as one on disk. */
function asyncStore(): JournalStore & { readonly entries: JournalEntry[] } {
  const entries: JournalEntry[] = []
  return {
    entries,
    load: async () => [...entries],
    append: async (_run, entry) => void entries.push({ ...entry }),
    close: async () => {},
  }
}

describe.each(['ast', 'ir'] as const)('suspend and replay, tier %s', tier => {
  test('effects of branches happen at the same time', async () => {
    let running = 0
    let most = 0
    const slow = async (): Promise<number> => {
      most = Math.max(most, ++running)
      await soon(null)
      return running--
    }
    const program = `(parallel [a (call :slow)] [b (do (call :slow) (call :slow))] [c (step-parallel (call :slow) (call :slow))])`
    const result = await createRuntime({ security, capabilities: { slow } }).run(program, { tier })
    expect(most).toBe(4)
    expect(result.attempts).toBe(3)
  })

  test('the first failing branch in source order is raised, when all are done', async () => {
    const { host, log } = recordingHost()
    const capabilities = {
      later: async () => {
        await soon(null)
        throw new RtfsError('RTFS_USAGE', 'unused')
      },
      fails: async ([x]: readonly unknown[]) => {
        await soon(null)
        throw new Error(String(x))
      },
    }
    const program =
      '(try (parallel [a (call :note 1)] [b (call :fails "b")] [c (/ 1 0)] [d (call :note 2)]) (catch e (:message e)))'
    const result = await createRuntime({ security, host, capabilities }).run(program, { tier })
    expect(result.value).toBe('b')
    expect(log).toEqual(['prepare', 'note 1', 'note 2', 'cleanup'])
  })

  test('catch and finally see no suspension', async () => {
    const { host, log } = recordingHost({
      executeCapability: (id, args) => {
        log.push(id)
        return soon(args[0] ?? null)
      },
    })
    const program = `(try (try (call :a 1) (throw "x") (catch _ (call :b 2)) (finally (call :c 3))) (finally (call :d 4)))`
    expect((await createRuntime({ security, host }).run(program, { tier })).value).toBe(2)
    expect(log).toEqual(['prepare', 'a', 'b', 'c', 'd', 'cleanup'])
  })

  test('waiting does not count for the deadline', async () => {
    const capabilities = { slow: () => new Promise(resolve => setTimeout(resolve, 40)) }
    const program = '(do (call :slow) (loop [i 0] (if (< i 200000) (recur (inc i)) i)))'
    const runtime = createRuntime({ security, capabilities, limits: { deadlineMs: 4000 } })
    expect((await runtime.run(program, { tier })).value).toBe(200000)
  })

  test('runSync takes effects that answer at once', () => {
    const runtime = createRuntime({ security, capabilities: { fast: () => 1, slow: async () => 1 } })
    expect(runtime.runSync('(+ 1 (call :fast))', { tier }).value).toBe(2)
    expect(() => runtime.runSync('(call :slow)', { tier })).toThrow(/slow does not answer at once/)
  })

  test('somebody else performs the effects', () => {
    const run = createRuntime({ security }).open(
      '(parallel [a (call :x 1)] [b (+ (call :y 2) (call :z 3))])',
      { tier },
    )
    const ask = (outcome: ReturnType<typeof run.start>) =>
      outcome.status === 'requires-host'
        ? outcome.effects.map(
            effect =>
              effect.kind === 'capability' && `${effect.position} ${effect.capability} ${effect.args}`,
          )
        : formatValue(outcome.value)
    const value = (value: number): EffectResult => ({ ok: true, value })
    expect(ask(run.start())).toEqual(['0.0/0 x 1', '0.1/0 y 2'])
    expect(ask(run.resume([value(10), value(20)]))).toEqual(['0.1/1 z 3'])
    expect(ask(run.resume([value(30)]))).toBe('{:a 10 :b 50}')
    expect(() => run.resume([])).toThrow(/waits for no effects/)
    const session = createRuntime({ security }).session()
    const open = session.open('(call :x)', { tier })
    open.start()
    expect(() => session.runSync('1')).toThrow(/busy/)
    open.cancel()
    expect(() => open.resume([value(1)])).toThrow(/is over/)
    expect(session.runSync('1').value).toBe(1)
  })

  test('a cancelled run runs nothing more, and gives its resources back', async () => {
    const abort = new AbortController()
    let seen: AbortSignal | undefined
    const { host, log } = recordingHost({
      executeCapability: (id, _args, _call, { signal }) => {
        log.push(id)
        seen = signal
        setTimeout(() => abort.abort(new Error('enough')), 5)
        return new Promise(() => {})
      },
    })
    const program = `(with-resource [a F resource://a] (with-resource [b F resource://b]
      (try (call :forever) (catch e (call :caught)) (finally (call :finally)))))`
    const running = createRuntime({ security, host }).run(program, { tier, signal: abort.signal })
    await expect(running).rejects.toMatchObject({ code: 'RTFS_ABORTED', cause: { message: 'enough' } })
    expect(log).toEqual(['prepare', 'forever', 'release resource://b', 'release resource://a', 'cleanup'])
    expect(seen?.aborted).toBe(true)
  })

  test('an answer that is late is an error, and ignored', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const journal = createMemoryJournalStore()
    // It answers when the run is long over, however slow this machine is.
    let release: (value?: unknown) => void = () => {}
    const released = new Promise<unknown>(resolve => (release = resolve))
    const capabilities = {
      late: ([ms]: readonly unknown[], { metadata }: HostCallInfo, { signal }: CallOptions) => {
        signals.push(signal)
        signal?.addEventListener('abort', () => answers.push(`gave up after ${metadata.timeoutMs}`))
        const ready = Number(ms) > 0 ? released : new Promise(resolve => setTimeout(resolve, 0))
        return ready.then(() => answers.push('late'))
      },
      patient: { timeoutMs: Number.POSITIVE_INFINITY, execute: () => soon('patient') },
      quick: { timeoutMs: 10_000, execute: () => soon('quick') },
      atOnce: () => 'at once',
    }
    const answers: string[] = []
    const runtime = createRuntime({ security, capabilities, journal, capabilityTimeoutMs: 10 })
    const program = `(let [e (try (call :late 30) (catch :timeout e e))]
      [(:kind e) (:type e) (:message e) (:details e)
       (call :patient) (call :quick) (call :atOnce) (try (call :late 0) (catch :timeout _ "no"))])`
    const expected =
      '["ApplicationError" :error/timeout "late did not answer within 10 ms; whether it did its work is not known"' +
      ' {:capability "late" :timeout-ms 10 :in-doubt true} "patient" "quick" "at once" 2]'
    expect(formatValue((await runtime.run(program, { tier, runId: 'r' })).value)).toBe(expected)
    release()
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(answers).toEqual(['gave up after 10', 'late', 'late'])
    expect(signals.map(signal => signal?.aborted)).toEqual([true, false])
    // What was recorded is the error: nothing happens again, and nothing is in doubt.
    expect(formatValue((await runtime.run(program, { tier, runId: 'r' })).value)).toBe(expected)
    expect(signals).toHaveLength(2)
  })

  test('branches have their time each; an uncaught end of it ends the run and releases', async () => {
    const { host, log } = recordingHost({
      executeCapability: (id, args) => (id === 'never' ? new Promise(() => {}) : (args[0] ?? null)),
      getCapabilitySchema: id => (id === 'never' ? { timeoutMs: 5 } : undefined),
    })
    const program = `(with-resource [a F resource://a] (parallel [x (call :never)] [y (call :never)]))`
    const running = createRuntime({ security, host }).run(program, { tier })
    await expect(running).rejects.toMatchObject({ code: 'ApplicationError', message: /never did not answer/ })
    expect(log).toEqual(['prepare', 'release resource://a', 'cleanup'])
  })

  test('a capability that fails in time has its own error; a thread that was busy does not make it late', async () => {
    const capabilities = {
      fails: () => soon(null).then(() => Promise.reject(new Error('down'))),
      throws: () => {
        throw new Error('at once')
      },
      busy: () => {
        const end = performance.now() + 30
        while (performance.now() < end);
        return 1
      },
      ready: () => new Promise(resolve => setImmediate(() => resolve('ready'))),
    }
    const program = `[(:a (parallel [a (call :ready)] [b (call :busy)]))
      (try (call :fails) (catch e (:message e))) (try (call :throws) (catch e (:message e)))]`
    const runtime = createRuntime({ security, capabilities, capabilityTimeoutMs: 15 })
    // What follows an immediate is timers, and further immediates only after them.
    await new Promise<void>(resolve => setImmediate(resolve))
    expect(formatValue((await runtime.run(program, { tier })).value)).toBe('["ready" "down" "at once"]')
  })

  test('a budget that ends the run releases, too', async () => {
    const { host, log } = recordingHost()
    const program = '(with-resource [a F resource://a] (try (loop [] (recur)) (finally (call :never))))'
    const running = createRuntime({ security, host, limits: { fuel: 1000 } }).run(program, { tier })
    await expect(running).rejects.toMatchObject({ code: 'BudgetExhausted' })
    expect(log).toEqual(['prepare', 'release resource://a', 'cleanup'])
  })
})

test.each([0, -1, 1.5, Number.NaN])('a time of %s is none', async ms => {
  expect(() => createRuntime({ capabilityTimeoutMs: ms })).toThrow(
    /capabilityTimeoutMs is whole milliseconds/,
  )
  expect(() => createRuntime({ capabilities: { a: { timeoutMs: ms, execute: () => 1 } } })).toThrow(
    /timeoutMs of a is whole milliseconds/,
  )
  const host = { executeCapability: () => 1, getCapabilitySchema: () => ({ timeoutMs: ms }) }
  await expect(createRuntime({ security, host }).run('(call :b)')).rejects.toThrow(/timeoutMs of b/)
})

test('times longer than a timer can wait are none', async () => {
  const runtime = createRuntime({
    security,
    capabilityTimeoutMs: 2 ** 40,
    capabilities: { a: () => soon(1) },
  })
  expect((await runtime.run('(call :a)')).value).toBe(1)
})

describe('journals', () => {
  const program = '[(call :a 1) (call :b 2)]'

  function counting(fail?: string) {
    const done: string[] = []
    const host: NonNullable<RuntimeOptions['host']> = {
      executeCapability: async (id, [x]) => {
        if (id === fail) throw new RtfsError('RTFS_ABORTED', 'the process ended')
        done.push(id)
        return x ?? null
      },
    }
    return { host, done }
  }

  test.each([
    ['a store that has to be waited for', asyncStore],
    ['a store that appends at once', createMemoryJournalStore],
  ])('no recorded effect happens twice: %s', async (_, makeStore) => {
    const journal = makeStore()
    const first = counting('b')
    const broken = createRuntime({ security, journal, host: first.host }).run(program, { runId: 'r' })
    await expect(broken).rejects.toThrow('the process ended')
    const second = counting()
    const again = createRuntime({ security, journal, host: second.host, retryInDoubt: () => true })
    expect(formatValue((await again.run(program, { runId: 'r' })).value)).toBe('[1 2]')
    expect([first.done, second.done]).toEqual([['a'], ['b']])
    const third = counting()
    await createRuntime({ security, journal, host: third.host }).run(program, { runId: 'r' })
    expect(third.done).toEqual([])
  })

  test('intents come before effects, results after', async () => {
    const journal = asyncStore()
    const seen: number[] = []
    const capabilities = {
      a: () => void seen.push(journal.entries.length),
      b: () => void seen.push(journal.entries.length),
    }
    await createRuntime({ security, journal, capabilities }).run('[(call :a) (call :b)]', { runId: 'r' })
    expect(seen).toEqual([1, 3])
    expect(journal.entries.map(entry => `${entry.kind} ${entry.position}`)).toEqual([
      'intent 0',
      'result 0',
      'intent 1',
      'result 1',
    ])
  })

  test('an effect in doubt is reported, unless it may be repeated', async () => {
    const journal = createMemoryJournalStore()
    const broken = createRuntime({ security, journal, host: counting('b').host }).run(program, { runId: 'r' })
    await expect(broken).rejects.toThrow()
    const careful = createRuntime({ security, journal, host: counting().host })
    await expect(careful.run(program, { runId: 'r' })).rejects.toThrow(/b was begun and has no result/)
    await expect(careful.run(`(try ${program} (catch e 1))`, { runId: 'r' })).rejects.toMatchObject({
      code: 'JournalMismatch',
    })

    const b = { idempotent: true, execute: () => 5 }
    const idempotent = createMemoryJournalStore()
    const breaking = { ...b, execute: () => Promise.reject(new RtfsError('RTFS_ABORTED', 'ended')) }
    const run = (capabilities: RuntimeOptions['capabilities']) =>
      createRuntime({
        security,
        journal: idempotent,
        ...(capabilities === undefined ? {} : { capabilities }),
      }).run('(call :b)', { runId: 'r' })
    await expect(run({ b: breaking })).rejects.toThrow('ended')
    expect((await run({ b })).value).toBe(5)
  })

  test.each([
    ['another capability', '(call :c 1)'],
    ['other arguments', '(call :a 2)'],
  ])('a journal of another program does not fit: %s', async (_, other) => {
    const journal = createMemoryJournalStore()
    await createRuntime({ security, journal, host: counting().host }).run(program, { runId: 'r' })
    const running = createRuntime({ security, journal, host: counting().host }).run(other, { runId: 'r' })
    await expect(running).rejects.toMatchObject({ code: 'JournalMismatch' })
  })

  test('errors and reads of the host are recorded, too', async () => {
    const journal = asyncStore()
    let city = 'Rome'
    const host: NonNullable<RuntimeOptions['host']> = {
      executeCapability: () => Promise.reject(new Error('down')),
      getContextValue: () => city,
    }
    const text = '(let [c (get :city) e (try (call :x) (catch e (:message e)))] [c e])'
    const runtime = createRuntime({ security, journal, host })
    expect(formatValue((await runtime.run(text, { runId: 'r' })).value)).toBe('["Rome" "down"]')
    city = 'Pisa'
    expect(formatValue((await runtime.run(text, { runId: 'r' })).value)).toBe('["Rome" "down"]')
  })
})

describe('tiers', () => {
  const uncovering: Tier = {
    name: 'wasm',
    run: () => {
      throw Object.assign(new RtfsError('UnsupportedError', 'wasm does not cover this', { fatal: true }))
    },
    call: () => null,
  }

  test('the evaluator takes over what a native stack cannot hold', async () => {
    const program = '(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 300000)'
    const limits = { depth: 1_000_000, deadlineMs: 60_000 }
    const result = await createRuntime({ limits }).run(program, { tier: 'ir' })
    expect(result).toMatchObject({ value: 300000, tier: 'ast', attempts: 2 })
  })

  test('a form that a tier does not cover is its error, unless another tier may take over', async () => {
    const runtime = createRuntime({ tiers: [() => uncovering] })
    await expect(runtime.run('1', { tier: 'wasm' })).rejects.toMatchObject({ code: 'UnsupportedError' })
    expect(await runtime.run('1', { tier: 'wasm', fallback: true })).toMatchObject({ value: 1, tier: 'ast' })
    await expect(createRuntime().run('1', { tier: 'wasm' })).rejects.toThrow('the tier wasm is not there')
  })

  test('errors of a run know their text', async () => {
    const { sourceOfError } = await import('../error-source.js')
    try {
      await createRuntime().run('(+ 1\n  nope)')
      expect.unreachable()
    } catch (error) {
      if (!isRtfsError(error)) throw error
      expect(sourceOfError(error)?.positionAt(error.span!.start)).toEqual({ line: 2, column: 3 })
    }
  })
})
