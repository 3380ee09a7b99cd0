import { describe, expect, test } from 'vitest'
import { answers, invoke } from './invoke.test-util.js'
import { readLines } from './jsonl/lines.js'

describe('answers', () => {
  test('one a line, in order, with the id as it was', async () => {
    const { lines, code } = await answers([
      { id: 1, source: '(+ 1 2)' },
      { id: 'b', source: '"x"', tier: 'ast' },
      { id: { a: [null] }, source: '2.0', tier: 'wasm' },
      { source: '' },
    ])
    expect(code).toBe(0)
    expect(lines).toEqual([
      { id: 1, ok: true, value: '3', tier: 'ir' },
      { id: 'b', ok: true, value: '"x"', tier: 'ast' },
      { id: { a: [null] }, ok: true, value: '2.0', tier: 'wasm' },
      { id: null, ok: true, value: 'nil', tier: 'ir' },
    ])
  })

  test('every line has an environment of its own', async () => {
    const { lines } = await answers([
      { source: '(def x 1) (defmacro m [] 1)' },
      { source: 'x' },
      { source: '(m)' },
    ])
    expect(lines.map(line => line.error?.kind)).toEqual([undefined, 'UndefinedSymbol', 'UndefinedSymbol'])
  })

  test('a parse error: kind, code, type, and the place in code points', async () => {
    const { lines } = await answers([{ id: 1, source: '"😀" )' }])
    expect(lines[0]).toMatchObject({
      id: 1,
      ok: false,
      phase: 'parse',
      error: { kind: 'ParseError', type: ':error/parse', code: 'P008' },
    })
    expect(lines[0]!.error!.span).toEqual({ line: 1, column: 5, endLine: 1, endColumn: 6 })
  })

  test('an error of a macro has phase expand', async () => {
    const { lines } = await answers([{ source: '(defmacro m [x] x) (m)' }])
    expect(lines[0]).toMatchObject({
      phase: 'expand',
      error: { kind: 'ArityMismatch', code: 'ArityMismatch' },
    })
  })

  test('an error of the run: code equals kind', async () => {
    const { lines } = await answers([
      { source: '(do\n  (nth [1] 5))' },
      { source: '(throw {:type :order/bad :message "no"})' },
    ])
    expect(lines[0]).toMatchObject({
      phase: 'run',
      error: {
        kind: 'IndexOutOfBounds',
        code: 'IndexOutOfBounds',
        type: ':error/index-out-of-bounds',
        span: { line: 2, column: 3, endLine: 2, endColumn: 14 },
      },
    })
    expect(lines[1]).toMatchObject({ error: { kind: 'ApplicationError', type: ':order/bad', message: 'no' } })
  })

  test('a tier that is named and does not cover the program says so', async () => {
    // More names at once than a function may have locals.
    const names = Array.from({ length: 1200 }, (_, index) => `a${index}`).join(' ')
    const source = `(let [{:keys [${names}]} {}] 9900)`
    const { lines } = await answers([
      { id: 1, source, tier: 'wasm' },
      { id: 2, source },
      { id: 3, source: '(module a (defn f [] 1)) (import a) (a/f)', tier: 'wasm' },
    ])
    expect(lines[0]).toMatchObject({ id: 1, ok: false, error: { kind: 'UnsupportedError' } })
    expect(lines[0]!.error!.message).toContain('size')
    expect(lines[1]).toMatchObject({ id: 2, ok: true, value: '9900' })
    expect(lines[2]).toMatchObject({ id: 3, ok: true, value: '1', tier: 'wasm' })
  })
})

describe('requests', () => {
  test.each([
    ['no JSON', 'garbage', null],
    ['half of an object', '{"id": 1, "source": "1"', null],
    ['no object', '[1]', null],
    ['a number', '5', null],
    ['null', 'null', null],
    ['no source', { id: 7 }, 7],
    ['a source that is no text', { id: 7, source: 5 }, 7],
    ['an unknown tier', { id: 7, source: '1', tier: 'jit' }, 7],
    ['allow that is no array', { id: 7, source: '1', allow: 'read-file' }, 7],
    ['a grant that is none', { id: 7, source: '1', allow: [''] }, 7],
    ['the network without a host', { id: 7, source: '1', allow: ['http-fetch'] }, 7],
    ['limits that are no object', { id: 7, source: '1', limits: [] }, 7],
    ['a limit that is no number', { id: 7, source: '1', limits: { fuel: '9' } }, 7],
    ['a negative limit', { id: 7, source: '1', limits: { ms: -1 } }, 7],
    ['an unknown limit', { id: 7, source: '1', limits: { feul: 1 } }, 7],
    ['files that are no object', { id: 7, source: '1', files: ['a'] }, 7],
    ['a file that is no text', { id: 7, source: '1', files: { 'a.rtfs': 1 } }, 7],
    ['a context that is no text', { id: 7, source: '1', context: {} }, 7],
    ['a context that does not parse', { id: 7, source: '1', context: '{' }, 7],
    ['a context that is no map', { id: 7, source: '1', context: '[1]' }, 7],
  ])('%s is an error object, and the next line runs', async (_, request, id) => {
    const { lines, code } = await answers([request, { id: 8, source: '1' }])
    expect(code).toBe(0)
    expect(lines).toEqual([
      {
        id,
        ok: false,
        phase: 'parse',
        error: {
          kind: 'InvalidRequest',
          type: ':error/invalid-request',
          code: 'InvalidRequest',
          message: expect.any(String),
          span: null,
        },
      },
      { id: 8, ok: true, value: '1', tier: 'ir' },
    ])
  })

  test('context is the task context', async () => {
    const { lines } = await answers([
      { source: '[@plan (:a (rtfs.task/current))]', context: '{:plan "p" :a 1}' },
    ])
    expect(lines[0]).toMatchObject({ ok: true, value: '["p" 1]' })
  })

  test('files are modules by path', async () => {
    const files = { 'a/b.rtfs': '(module a.b (import c) (defn f [] c/x))', 'c.rtfs': '(module c (def x 5))' }
    const { lines } = await answers([
      { source: '(import a.b :as m) (m/f)', files },
      { source: '(import a.b)' },
    ])
    expect(lines[0]).toMatchObject({ ok: true, value: '5' })
    expect(lines[1]).toMatchObject({ ok: false, error: { kind: 'ModuleNotFound' } })
  })

  test('empty lines and a missing last line end do no harm', async () => {
    const { out } = await invoke(['eval', '--jsonl'], {
      input: '\n{"id":1,"source":"1"}\r\n  \n{"id":2,"source":"2"}',
    })
    expect(out.split('\n').filter(Boolean)).toHaveLength(2)
  })
})

describe('limits', () => {
  test.each([
    ['fuel', { fuel: 1000 }, '(loop [] (recur))', 'fuel'],
    ['time', { ms: 50, fuel: 1e15 }, '(loop [] (recur))', 'time'],
    ['output', { output: 20 }, '(loop [] (println "0123456789") (recur))', 'output'],
  ])('%s ends a line, not the process', async (_, limits, source, dimension) => {
    const { lines } = await answers([
      { id: 1, source, limits },
      { id: 2, source: '1' },
    ])
    expect(lines[0]).toMatchObject({ id: 1, ok: false, phase: 'run', error: { kind: 'BudgetExhausted' } })
    expect(lines[0]!.error!.message).toContain(dimension)
    expect(lines[1]).toMatchObject({ id: 2, ok: true })
  })

  test('depth', async () => {
    const { lines } = await answers([{ source: '(defn f [n] (+ 1 (f n))) (f 1)', limits: { depth: 20 } }])
    expect(lines[0]).toMatchObject({ error: { kind: 'StackOverflow', type: ':error/stack-overflow' } })
  })

  test('no program catches its way past the output limit', async () => {
    const source = '(try (loop [] (println "0123456789") (recur)) (catch _ e 1) (finally (println "late")))'
    const { lines, err } = await answers([{ source, limits: { output: 25 } }])
    expect(lines[0]).toMatchObject({ error: { kind: 'BudgetExhausted' } })
    expect(err).toBe('0123456789\n0123456789\n')
  })

  test('flags are the limits of lines that have none', async () => {
    const { lines } = await answers(
      [{ source: '(loop [] (recur))' }, { source: '(+ 1 2)', limits: { fuel: 1e6 } }],
      { flags: ['--max-fuel', '100'] },
    )
    expect(lines.map(({ ok }) => ok)).toEqual([false, true])
  })
})

describe('grants', () => {
  test('printing goes to standard error', async () => {
    const { lines, err } = await answers([{ source: '(println "hi") (log 1 2)' }])
    expect(lines).toEqual([{ id: null, ok: true, value: 'nil', tier: 'ir' }])
    expect(err).toBe('hi\n1 2\n')
  })

  test('hold for their line only', async () => {
    const { lines } = await answers([
      { source: '(int? (current-timestamp-ms))', allow: ['ccos.system.current-timestamp-ms'] },
      { source: '(current-timestamp-ms)' },
    ])
    expect(lines[0]).toMatchObject({ ok: true, value: 'true' })
    expect(lines[1]).toMatchObject({
      ok: false,
      error: { kind: 'SecurityViolation', type: ':error/security' },
    })
  })

  test('of something that nobody does', async () => {
    const { lines } = await answers([{ source: '(call :acme.frob 1)', allow: ['acme.frob'] }])
    expect(lines[0]).toMatchObject({ error: { kind: 'UnknownCapability' } })
  })

  test('a capability that answers later', async () => {
    const { lines, err } = await answers([
      { id: 1, source: '(println "once") (sleep-ms 5) (println "twice") 3', allow: ['sleep-ms'] },
      { id: 2, source: '4' },
    ])
    expect(lines.map(({ id, value }) => [id, value])).toEqual([
      [1, '3'],
      [2, '4'],
    ])
    expect(err).toBe('once\ntwice\n')
  })
})

describe('lines', () => {
  const collect = async (chunks: readonly string[], maxLine?: number) => {
    const source = (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk, 'latin1')
    })()
    const lines = []
    for await (const line of readLines(source, maxLine))
      lines.push('text' in line ? line.text : `! ${line.problem}`)
    return lines
  }

  test.each([
    ['chunks that end anywhere', ['a', 'b\nc', '\n', 'd'], ['ab', 'c', 'd']],
    ['characters cut in two', ['\xc3', '\xa4\n'], ['ä']],
    ['bytes that are no UTF-8', ['\xff\na\n'], ['! the line is not UTF-8 text', 'a']],
  ])('%s', async (_, chunks, lines) => {
    expect(await collect(chunks)).toEqual(lines)
  })

  test('one that is too long is left out, the next one is read', async () => {
    expect(await collect(['12345', '67\nab\n'], 5)).toEqual([
      '! a line has at most 5 bytes, this one 7',
      'ab',
    ])
  })

  test('several megabytes', async () => {
    const text = 'x'.repeat(5_000_000)
    const { lines } = await answers([
      { id: 1, source: `(count "${text}")` },
      { id: 2, source: `"${text}"` },
    ])
    expect(lines[0]).toMatchObject({ value: '5000000' })
    expect(lines[1]!.value).toHaveLength(5_000_002)
  })

  test('thousands of lines', async () => {
    const requests = Array.from({ length: 3000 }, (_, id) => ({ id, source: `(* 2 ${id})` }))
    const { lines } = await answers(requests)
    expect(lines.map(({ id, value }) => [id, value])).toEqual(requests.map(({ id }) => [id, String(2 * id)]))
  })
})
