import { describe, expect, test } from 'vitest'
import { directoryWith, invoke } from './invoke.test-util.js'

describe('values', () => {
  test.each([
    ['an integer', '(+ 1 2)', '3\n'],
    ['a string, readably', '(str "a" "\\n")', '"a\\n"\n'],
    ['an empty program is nil', '', 'nil\n'],
    ['the last of several forms', '(def x 2) (* x 3.0)', '6.0\n'],
  ])('%s', async (_, text, out) => {
    expect(await invoke(['run', '-e', text])).toEqual({ code: 0, out, err: '' })
    expect(await invoke(['run', '-'], { input: text })).toEqual({ code: 0, out, err: '' })
  })

  test.each(['ast', 'ir', 'wasm'])('tier %s', async tier => {
    const { out, code } = await invoke(['eval', '(defn f [x] (* x x)) (f 7)', '--tier', tier, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, value: '49', tier })
  })

  test('a function with arguments', async () => {
    const cwd = directoryWith({ 'add.rtfs': '(defn add [a b] (+ a b))' })
    expect(await invoke(['run', 'add.rtfs', '--fn', 'add', '--args', '[1 2.5]'], { cwd })).toMatchObject({
      code: 0,
      out: '3.5\n',
    })
    expect((await invoke(['run', 'add.rtfs', '--fn', 'sub'], { cwd })).code).toBe(1)
  })

  test('a function of a module of the program, by its full name', async () => {
    const cwd = directoryWith({ 'm.rtfs': '(module a.b (:exports [f]) (defn f [x] (* x x)) (defn g [] 1))' })
    const run = (...args: string[]) => invoke(['run', 'm.rtfs', '--fn', ...args], { cwd })
    for (const tier of ['auto', 'ast', 'ir', 'wasm']) {
      expect(await run('a.b/f', '--args', '[7]', '--tier', tier)).toMatchObject({ code: 0, out: '49\n' })
    }
    expect(await run('f')).toMatchObject({
      code: 1,
      err: 'UndefinedSymbol: Undefined symbol: f (did you mean a.b/f?)\n',
    })
    expect((await run('a.b/ff')).err).toContain("'ff' is not exported by a.b")
    expect(await run('a.b/g')).toMatchObject({ code: 1 })
    const { out } = await run('a/x', '--json')
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { kind: 'UndefinedSymbol' } })
  })

  test('a value that shares its parts 2^60 times does not print for ever', async () => {
    const { code, err } = await invoke(['eval', '(loop [x [1] i 0] (if (< i 60) (recur [x x] (+ i 1)) x))'])
    expect(code).toBe(1)
    expect(err).toContain('BudgetExhausted')
  })
})

describe('journals', () => {
  const text = '(do (call :ccos.io.println (str "begun " (inc 0))) (call :ccos.io.println "ended") 7)'
  const run = (cwd: string, program: string) =>
    invoke(
      [
        'run',
        '-e',
        program,
        '--journal',
        'order',
        '--dir',
        'home',
        '--allow',
        'println',
        '--allow',
        'read-file',
      ],
      { cwd },
    )

  test('a run goes on where it stopped, and repeats no effect', async () => {
    const cwd = directoryWith({})
    const failing = text.replace('(call :ccos.io.println "ended")', '(throw "power cut")')
    expect(await run(cwd, failing)).toMatchObject({ code: 1, out: 'begun 1\n' })
    expect(await run(cwd, text)).toMatchObject({ code: 0, out: 'ended\n7\n' })
    expect(await run(cwd, text)).toMatchObject({ code: 0, out: '7\n' })
  })

  test('the journal of another program is refused', async () => {
    const cwd = directoryWith({})
    await run(cwd, text)
    const { code, out, err } = await run(cwd, '(call :ccos.io.println "other")')
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('JournalMismatch')
  })
})

describe('errors', () => {
  test('an error of the program exits with 1, with code frame and call stack', async () => {
    const { code, out, err } = await invoke(['run', '-e', '(defn f [x] (/ x 0))\n(+ 1 (f 1))'])
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toContain('DivisionByZero: Division by zero')
    expect(err).toContain('1 | (defn f [x] (/ x 0))')
    expect(err).toMatch(/^ {4}at f/m)
  })

  test('a text that does not parse exits with 3, with code frame', async () => {
    const { code, out, err } = await invoke(['eval', '(+ 1'])
    expect(code).toBe(3)
    expect(out).toBe('')
    expect(err).toContain('error[P008]')
    expect(err).toContain('1 | (+ 1')
  })

  test('a macro that fails exits with 3', async () => {
    expect((await invoke(['eval', '(defmacro m [x] x) (m)'])).code).toBe(3)
  })

  test('type conflicts and unknown names are warnings, and the program runs', async () => {
    const { code, out, err } = await invoke(['eval', '(if false (+ 1 "a" nowhere) 5)'])
    expect({ code, out }).toEqual({ code: 0, out: '5\n' })
    expect(err).toContain('warning[UndefinedSymbol]')
    expect(err).toContain('warning[FunctionCallTypeMismatch]')
  })

  test('--json gives one document, also for a failure; the frame goes to standard error', async () => {
    const { code, out, err } = await invoke(['eval', '(+ 1 (/ 2 0))', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      ok: false,
      phase: 'run',
      error: {
        kind: 'DivisionByZero',
        type: ':error/arithmetic',
        code: 'DivisionByZero',
        message: 'Division by zero',
        span: { line: 1, column: 6, endLine: 1, endColumn: 13 },
      },
    })
    expect(err).toContain('DivisionByZero')
  })
})

describe('limits', () => {
  test.each([
    ['fuel', ['--max-fuel', '1000'], '(loop [] (recur))', 'fuel'],
    ['time', ['--max-ms', '50', '--max-fuel', 'unlimited'], '(loop [] (recur))', 'time'],
    ['output', ['--max-output', '10'], '(println "0123456789")', 'output'],
    ['memory', ['--max-memory', '1000'], '(count (map inc (range 1000)))', 'memory'],
  ])('%s', async (_, flags, text, dimension) => {
    const { code, err } = await invoke(['eval', text, ...flags])
    expect(code).toBe(1)
    expect(err).toContain(`Budget exhausted: ${dimension}`)
  })

  test('depth', async () => {
    const { code, err } = await invoke(['eval', '(defn f [n] (+ 1 (f n))) (f 1)', '--max-depth', '50'])
    expect(code).toBe(1)
    expect(err).toContain('StackOverflow')
  })
})

describe('output', () => {
  test('printing and logging need no grant', async () => {
    const { code, out } = await invoke([
      'run',
      '-e',
      '(print 1 "a") (println :b) (log "c") (log-step :warn 2) nil',
    ])
    expect(code).toBe(0)
    expect(out).toBe('1 a:b\nc\n[warn] 2\nnil\n')
  })

  test('under --json it goes to standard error', async () => {
    const { out, err } = await invoke(['eval', '(println "hi")', '--json'])
    expect(err).toBe('hi\n')
    expect(JSON.parse(out)).toMatchObject({ ok: true, value: 'nil' })
  })

  test('the answer of a host without agents is empty, not a violation', async () => {
    expect(await invoke(['eval', '(discover-agents {:limit 1})'])).toMatchObject({ code: 0, out: '[]\n' })
  })
})

describe('modules', () => {
  const files = {
    'app/main.rtfs': '(import lib.math :as m) (m/twice 21)',
    'app/lib/math.rtfs': '(module lib.math (import util) (defn twice [x] (util/double x)))',
    'util.rtfs': '(module util (defn double [x] (* 2 x)))',
  }

  test('are found beside the importing file, beside the entry, in the current directory', async () => {
    const cwd = directoryWith(files)
    expect(await invoke(['run', 'app/main.rtfs'], { cwd })).toEqual({ code: 0, out: '42\n', err: '' })
  })

  test('one that is not there', async () => {
    const { code, err } = await invoke(['eval', '(import no.where)'], { cwd: directoryWith() })
    expect(code).toBe(1)
    expect(err).toContain('ModuleNotFound')
  })

  test('an error in a module shows the place in its file', async () => {
    const cwd = directoryWith({ 'bad.rtfs': '(module bad\n  (defn f [] (/ 1 0)))' })
    const { code, err } = await invoke(['eval', '(import bad) (bad/f)'], { cwd })
    expect(code).toBe(1)
    expect(err).toContain('bad.rtfs:2:14')
  })
})
