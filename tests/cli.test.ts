import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const main = resolve(import.meta.dirname, '../apps/cli/dist/main.cjs')

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

function start(args: readonly string[]): ChildProcess {
  const cwd = mkdtempSync(join(tmpdir(), 'rtfs-e2e-'))
  return spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, RTFS_HOME: join(cwd, 'home') },
  })
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', chunk => (out += chunk))
  child.stderr?.setEncoding('utf8').on('data', chunk => (err += chunk))
  return new Promise(done => child.on('close', (code, signal) => done({ code, signal, out, err })))
}

function rtfs(args: readonly string[], input = ''): Promise<Ended> {
  const child = start(args)
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  return ended(child)
}

describe('exit codes of the built command', () => {
  test.each([
    ['0 done', ['eval', '(+ 1 2)'], 0, '3\n'],
    ['1 the program failed', ['eval', '(/ 1 0)'], 1, ''],
    ['2 wrong usage', ['frob'], 2, ''],
    ['3 invalid program', ['eval', '('], 3, ''],
    ['4 environment', ['run', 'nowhere.rtfs'], 4, ''],
  ])('%s', async (_, args, code, out) => {
    const result = await rtfs(args)
    expect({ code: result.code, out: result.out }).toEqual({ code, out })
    expect(result.err).not.toMatch(/^\s+at .*\.js:/m)
  })
})

describe('Ctrl-C', () => {
  test.each([
    [
      'a loop that never waits',
      ['eval', '(println 1) (loop [] (recur))', '--max-ms', 'unlimited', '--max-fuel', 'unlimited'],
    ],
    ['a program that waits', ['eval', '(println 1) (sleep-ms 600000)', '--allow', 'sleep-ms']],
    [
      'a loop after a wait',
      [
        ...['eval', '(sleep-ms 1) (println 1) (loop [] (recur))', '--allow', 'sleep-ms'],
        ...['--max-ms', 'unlimited', '--max-fuel', 'unlimited'],
      ],
    ],
    ['a line of --jsonl', ['eval', '--jsonl', '--max-ms', 'unlimited', '--max-fuel', 'unlimited']],
  ])('%s ends with 130', async (_, args) => {
    const child = start(args)
    child.stdin?.write('{"source": "(log 1) (loop [] (recur))"}\n')
    const result = ended(child)
    // The program runs once it has printed.
    await Promise.race([
      new Promise(done => child.stdout?.once('data', done)),
      new Promise(done => child.stderr?.once('data', done)),
    ])
    child.kill('SIGINT')
    // A signal that comes in the moment in which an evaluation ends is lost; a person presses again.
    const again = setInterval(() => child.kill('SIGINT'), 500)
    result.finally(() => clearInterval(again))
    // Between two evaluations nobody watches for a moment: then the signal itself ends the process, 130 to a shell.
    const { code, signal } = await result
    expect(signal === 'SIGINT' ? 130 : code).toBe(130)
  })
})

test('a reader that goes away is no error', async () => {
  const child = start(['eval', '(dotimes [i 30000] (println "0123456789"))'])
  const result = ended(child)
  child.stdout?.once('data', () => child.stdout?.destroy())
  expect(await result).toMatchObject({ err: '' })
})

test('code that passed its tests does not run again, until it is asked for', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'rtfs-e2e-'))
  writeFileSync(join(cwd, 't.rtfs'), '(deftest t (is (= 3 (+ 1 2))))')
  const run = (...flags: string[]) =>
    ended(
      spawn(process.execPath, [main, 'test', 't.rtfs', ...flags], {
        cwd,
        env: { ...process.env, RTFS_HOME: join(cwd, 'home') },
      }),
    )
  const line = (note: string) =>
    ['ast', 'ir', 'wasm'].map(tier => `t.rtfs: ${tier}: 1 passed${note}\n`).join('')
  expect(await run()).toMatchObject({ code: 0, out: line('') })
  expect(await run()).toMatchObject({ code: 0, out: line(', cached') })
  expect(await run('--no-cache')).toMatchObject({ code: 0, out: line('') })
  expect(await run('--allow', 'current-time')).toMatchObject({ code: 0, out: line('') })
  writeFileSync(join(cwd, 'home/passed-tests.sqlite'), 'damaged')
  expect(await run()).toMatchObject({ code: 0, out: line('') })
})

describe('eval --jsonl', () => {
  test('answers each line before the next one comes', async () => {
    const child = start(['eval', '--jsonl'])
    const result = ended(child)
    for (const id of [1, 2, 3]) {
      const answer = new Promise<string>(done => child.stdout?.once('data', done))
      child.stdin?.write(`${JSON.stringify({ id, source: `(* ${id} ${id})` })}\n`)
      expect(JSON.parse(await answer)).toEqual({ id, ok: true, value: String(id * id), tier: 'ir' })
    }
    child.stdin?.end()
    expect(await result).toMatchObject({ code: 0, err: '' })
  })

  test('no line ends the process', async () => {
    const lines = [
      'garbage',
      '{"id": 1, "source": 5}',
      JSON.stringify({ id: 2, source: '(loop [] (recur))', limits: { ms: 100, fuel: 1e15 } }),
      JSON.stringify({ id: 3, source: '(defn f [x] (+ 1 (f x))) (f 1)' }),
      JSON.stringify({ id: 4, source: '('.repeat(100_000) }),
      JSON.stringify({ id: 5, source: '(loop [x [1] i 0] (if (< i 60) (recur [x x] (+ i 1)) x))' }),
      JSON.stringify({ id: 6, source: '(loop [s "ab"] (recur (str s s)))' }),
      JSON.stringify({ id: 7, source: `(count "${'x'.repeat(4_000_000)}")` }),
      JSON.stringify({ id: 8, source: '(loop [] (println "x") (recur))', limits: { output: 50 } }),
      JSON.stringify({ id: 9, source: '(+ 1 2)', tier: 'wasm' }),
    ]
    const { code, out } = await rtfs(['eval', '--jsonl'], `${lines.join('\n')}\n`)
    expect(code).toBe(0)
    const answers = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(answers.map(({ id, ok, error }) => [id, ok, error?.kind])).toEqual([
      [null, false, 'InvalidRequest'],
      [1, false, 'InvalidRequest'],
      [2, false, 'BudgetExhausted'],
      [3, false, 'StackOverflow'],
      [4, false, 'ParseError'],
      [5, false, 'BudgetExhausted'],
      [6, false, 'BudgetExhausted'],
      [7, true, undefined],
      [8, false, 'BudgetExhausted'],
      [9, true, undefined],
    ])
  })
})

test('publish, find, call, in processes of their own', async () => {
  const home = mkdtempSync(join(tmpdir(), 'rtfs-e2e-home-'))
  const file = join(home, 'double.rtfs')
  writeFileSync(file, '(defn double "twice a number" ^{:examples [[[2] 4]]} [x :int] :int (* 2 x))')
  const dir = ['--dir', home]
  expect(await rtfs(['l4', 'publish', file, ...dir])).toMatchObject({ code: 0, err: '' })
  const found = await rtfs([
    'l4',
    'find',
    '--signature',
    '[:=> [:int] :int]',
    '--example',
    '[5] => 10',
    '--json',
    ...dir,
  ])
  expect(JSON.parse(found.out)).toMatchObject({ ok: true, hit: { name: 'local/double' } })
  expect(await rtfs(['l4', 'call', 'double', '21', ...dir])).toMatchObject({ code: 0, out: '42\n', err: '' })
  expect(await rtfs(['l4', 'verify', ...dir])).toMatchObject({ code: 0, err: '' })
})

test('processes that change one key at the same time lose nothing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rtfs-kv-'))
  const flags = ['--dir', dir, '--allow', 'kv']
  // Each waits for the other before it begins.
  const program = (name: string, other: string) =>
    `(do (kv/put "${name}" true)
       (loop [n 0] (if (or (kv/get "${other}") (> n 100000)) n (recur (inc n))))
       (dotimes [i 25] (do (kv/conj! :queue ["${name}" i]) (kv/assoc! :seen "${name}" i))))`
  const results = await Promise.all(
    [program('a', 'b'), program('b', 'a')].map(text => rtfs(['eval', text, ...flags])),
  )
  expect(results.map(({ code, err }) => [code, err])).toEqual([
    [0, ''],
    [0, ''],
  ])
  const check = `(let [q (kv/get :queue)]
    [(count q) (map (fn [n] (= (range 25) (map second (filter (fn [x] (= n (first x))) q)))) ["a" "b"]) (kv/get :seen)])`
  const { out } = await rtfs(['eval', check, ...flags])
  expect(out.replace('{"b" 24 "a" 24}', '{"a" 24 "b" 24}')).toBe('[50 [true true] {"a" 24 "b" 24}]\n')
})
