import {
  defaultLimits,
  encodeUtf8,
  formatValue,
  genericError,
  isRtfsError,
  type Limits,
  RtfsVector,
  type Value,
} from '@rtfs/core'
import type { IsolatedCall, IsolatedExecutor } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { checks, failure } from './check.js'

/** A compiled function, as the suite calls it. */
export type IsolatedModule = Pick<IsolatedCall, 'bytes' | 'prepare' | 'targetId' | 'exportName'>

/** Compiles the function `f` of a program. The suite hands in programs of one pure function, or one with a `call`. */
export type CompileForIsolation = (source: string) => IsolatedModule

/** What every isolated executor does, whatever its level. */
export function isolatedExecutorSuite(
  runner: Runner,
  create: () => IsolatedExecutor | Promise<IsolatedExecutor>,
  compile: CompileForIsolation,
): void {
  const { expect } = runner
  const check = checks(runner, 'isolated executor', async () => create())
  const call = (source: string, args: readonly Value[], limits: Partial<Limits> = {}) => ({
    ...compile(source),
    args,
    limits: { ...defaultLimits, ...limits },
  })

  check('gives the value and its fuel', async executor => {
    const { value, fuel } = await executor.call(call('(defn f [a b] (+ a b))', [20, 22]))
    expect(value).toEqual(42)
    expect(fuel > 0).toEqual(true)
  })

  check('every kind of data crosses both ways', async executor => {
    const program =
      '(defn f [x] [x nil true 1 9007199254740993 -0.0 1.5 "a\\nb" :k/w (quote (a 2)) {:a {"b" [1]} 2 3}])'
    const first = (await executor.call(call(program, [null]))).value
    const second = (await executor.call(call(program, [first]))).value
    expect(formatValue((second as RtfsVector).toArray()[0] as Value)).toEqual(formatValue(first))
  })

  check('a value as deep as a program can make', async executor => {
    const { value } = await executor.call(
      call('(defn f [n] (loop [i 0 v []] (if (< i n) (recur (+ i 1) [v]) v)))', [50_000]),
    )
    expect(value instanceof RtfsVector && value.size).toEqual(1)
  })

  check('an error keeps its kind, message, place and details', async executor => {
    const error = await thrown(() => executor.call(call('(defn f [x] (throw (ex-info "no" {:x x})))', [7])))
    expect(isRtfsError(error) && error.value !== undefined).toEqual(true)
    if (isRtfsError(error)) expect(error.message.includes('no')).toEqual(true)
    expect(await failure(() => executor.call(call('(defn f [x] (/ 1 x))', [0])))).toEqual('DivisionByZero')
  })

  check('fuel and depth end the call, and the next one works', async executor => {
    const endless = call('(defn f [n] (loop [i n] (recur (+ i 1))))', [0], { fuel: 100_000 })
    expect(await failure(() => executor.call(endless))).toEqual('BudgetExhausted')
    const deep = call('(defn f [n] (+ 1 (f n)))', [0])
    const depth = await failure(() => executor.call(deep))
    // Below its own stack's end a tier may say that it does not cover the depth.
    expect(['StackOverflow', 'UnsupportedError'].includes(depth)).toEqual(true)
    expect((await executor.call(call('(defn f [n] n)', [1]))).value).toEqual(1)
  })

  check('a deadline ends an endless call', async executor => {
    const endless = call('(defn f [n] (loop [i n] (recur (+ i 1))))', [0], { fuel: 1e15, deadlineMs: 100 })
    expect(await failure(() => executor.call(endless))).toEqual('BudgetExhausted')
    expect((await executor.call(call('(defn f [n] n)', [1]))).value).toEqual(1)
  })

  check('20 calls at once, each with its own answer', async executor => {
    const square = compile('(defn f [n] (* n n))')
    const limits = defaultLimits
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => executor.call({ ...square, args: [n], limits })),
    )
    expect(answers.map(each => each.value)).toEqual(Array.from({ length: 20 }, (_, n) => n * n))
  })

  check('more modules than a worker remembers', async executor => {
    for (const round of [1, 2]) {
      for (let n = 0; n < 70; n += round === 1 ? 1 : 23) {
        expect((await executor.call(call(`(defn f [x] (+ x ${n}))`, [1]))).value).toEqual(n + 1)
      }
    }
  })

  check('effects are performed in order by the caller, errors can be caught', async executor => {
    const asked: string[] = []
    const { value } = await executor.call({
      ...call(
        '(defn f [x] [(call :demo.a x) (try (call :demo.b 2) (catch e "caught")) (call :demo.a 3)])',
        [1],
      ),
      perform: async (capability, args) => {
        asked.push(`${capability} ${args.map(arg => formatValue(arg)).join(' ')}`)
        if (capability === 'demo.b') throw genericError('b is away')
        return args[0]!
      },
    })
    expect(formatValue(value)).toEqual('[1 "caught" 3]')
    expect(asked.map(each => each.replace(/^:/, ''))).toEqual(['demo.a 1', 'demo.b 2', 'demo.a 3'])
  })

  check('without `perform` nothing is granted', async executor => {
    expect(await failure(() => executor.call(call('(defn f [x] (call :demo.a x))', [1])))).toEqual(
      'SecurityViolation',
    )
  })

  check('bytes that are no module are refused', async executor => {
    const broken = { ...call('(defn f [n] n)', [1]), bytes: encodeUtf8('not wasm') }
    expect(await failure(() => executor.call(broken))).toEqual('RTFS_MODULE_REJECTED')
    expect((await executor.call(call('(defn f [n] n)', [1]))).value).toEqual(1)
  })

  check('imports that the caller did not declare are refused', async executor => {
    const module = compile('(defn f [x] (str x "a"))')
    const undeclared = { ...module, prepare: { ...module.prepare, imports: [] } }
    expect(await failure(() => executor.call({ ...undeclared, args: [1], limits: defaultLimits }))).toEqual(
      'RTFS_MODULE_REJECTED',
    )
  })

  check('a target without an executor is said', async executor => {
    const other = { ...call('(defn f [n] n)', [1]), targetId: 'abacus' }
    expect(await failure(() => executor.call(other))).toEqual('RTFS_NOT_SUPPORTED')
  })

  check('an aborted call rejects', async executor => {
    const endless = call('(defn f [n] n)', [0])
    expect(await failure(() => executor.call({ ...endless, signal: AbortSignal.abort() }))).toEqual(
      'RTFS_ABORTED',
    )
  })

  check('a closed executor says so', async executor => {
    await executor.close()
    expect(await failure(() => executor.call(call('(defn f [n] n)', [1])))).toEqual('RTFS_ISOLATION')
  })
}

async function thrown(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}
