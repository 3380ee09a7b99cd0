import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

const files = {
  'good.rtfs': '(defn f [x :int] :int (* 2 x))\n',
  'types.rtfs': '(+ 1 "a")\n(nowhere 1)\n',
  'syntax.rtfs': '(+ 1\n',
}

describe('check', () => {
  test('a good program', async () => {
    const cwd = directoryWith(files)
    expect(await invoke(['check', 'good.rtfs'], { cwd })).toEqual({
      code: 0,
      out: 'good.rtfs: ok\n',
      err: '',
    })
  })

  test('all that is wrong in all files, with code frames', async () => {
    const { code, out, err } = await invoke(['check', ...Object.keys(files)], { cwd: directoryWith(files) })
    expect(code).toBe(3)
    expect(out).toBe('good.rtfs: ok\ntypes.rtfs: 2 errors\nsyntax.rtfs: 1 error\n')
    expect(err).toContain('--> types.rtfs:1:6')
    expect(err).toContain('--> types.rtfs:2:2')
    expect(err).toContain('error[P008]')
  })

  test('--json', async () => {
    const { code, out } = await invoke(['check', 'good.rtfs', 'types.rtfs', '--json'], {
      cwd: directoryWith(files),
    })
    expect(code).toBe(3)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      files: [
        { file: 'good.rtfs', ok: true, diagnostics: [] },
        {
          file: 'types.rtfs',
          ok: false,
          diagnostics: [
            {
              severity: 'error',
              code: 'FunctionCallTypeMismatch',
              message: expect.any(String),
              span: { line: 1, column: 6, endLine: 1, endColumn: 9 },
            },
            { code: 'UndefinedSymbol', span: { line: 2, column: 2 } },
          ],
        },
      ],
    })
  })

  test('text and standard input', async () => {
    expect((await invoke(['check', '-e', '(+ 1 2)'])).code).toBe(0)
    expect((await invoke(['check', '-'], { input: '(+ 1' })).code).toBe(3)
  })
})

describe('compile', () => {
  test('a library exports its functions', async () => {
    const cwd = directoryWith(files)
    const { code, out } = await invoke(['compile', 'good.rtfs', '-o', 'good.wasm', '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      exports: [{ name: 'f', signature: '[:=> [:int] :int]' }],
    })
    const bytes = readFileSync(join(cwd, 'good.wasm'))
    expect(WebAssembly.validate(bytes)).toBe(true)
    expect(statSync(join(cwd, 'good.wasm')).size).toBe(JSON.parse(out).size)
  })

  test('the same program gives the same bytes, also to standard output', async () => {
    const cwd = directoryWith(files)
    const chunks: Uint8Array[] = []
    const io = { out: (content: string | Uint8Array) => void chunks.push(content as Uint8Array) }
    await invoke(['compile', 'good.rtfs'], { cwd, io })
    await invoke(['compile', 'good.rtfs', '-o', 'good.wasm'], { cwd })
    expect(Buffer.concat(chunks).equals(readFileSync(join(cwd, 'good.wasm')))).toBe(true)
  })

  test.each([
    ['ast', '(+ 1 2)'],
    ['ir', '(call + 1 2)'],
    ['wat', '(module'],
  ])('--emit %s', async (emit, part) => {
    const { code, out } = await invoke(['compile', '-e', '(+ 1 2)', '--emit', emit])
    expect(code).toBe(0)
    expect(out).toContain(part)
  })

  test.each(['ast', 'ir'])('--emit %s --json', async emit => {
    const { out } = await invoke([
      'compile',
      '-e',
      '(defn f [x] [x 1.5 9007199254740993 :a])',
      '--emit',
      emit,
      '--json',
    ])
    expect(JSON.parse(out).forms).toHaveLength(1)
  })

  test('macros are expanded in the tree', async () => {
    const { out } = await invoke([
      'compile',
      '-e',
      '(defmacro twice [x] `(* 2 ~x)) (twice 4)',
      '--emit',
      'ast',
    ])
    expect(out).toContain('(* 2 4)')
  })

  test.each([
    ['types', '(+ 1 "a")'],
    ['names', '(nowhere)'],
    ['syntax', '(+ 1'],
  ])('refuses wrong %s', async (_, text) => {
    const { code, out } = await invoke(['compile', '-e', text, '--emit', 'ir'])
    expect({ code, out }).toEqual({ code: 3, out: '' })
  })

  test('bytes do not go to a terminal', async () => {
    expect((await invoke(['compile', '-e', '1'], { io: { outIsTerminal: true } })).code).toBe(2)
  })

  test('a file that cannot be written is a fault of the environment', async () => {
    expect((await invoke(['compile', '-e', '1', '-o', 'no/such/dir/x.wasm'])).code).toBe(4)
  })
})

describe('fmt', () => {
  const ugly = '(defn   f [x]\n(+ x\n1))\n'

  test('formats in place; then nothing is left to do', async () => {
    const cwd = directoryWith({ 'a.rtfs': ugly })
    expect(await invoke(['fmt', 'a.rtfs'], { cwd })).toEqual({ code: 0, out: 'a.rtfs: formatted\n', err: '' })
    expect(readFileSync(join(cwd, 'a.rtfs'), 'utf8')).not.toBe(ugly)
    expect(await invoke(['fmt', '--check', 'a.rtfs'], { cwd })).toEqual({ code: 0, out: '', err: '' })
  })

  test('--check changes nothing', async () => {
    const cwd = directoryWith({ 'a.rtfs': ugly })
    expect(await invoke(['fmt', 'a.rtfs', '--check'], { cwd })).toMatchObject({
      code: 1,
      out: 'a.rtfs: not formatted\n',
    })
    expect(readFileSync(join(cwd, 'a.rtfs'), 'utf8')).toBe(ugly)
  })

  test('standard input goes to standard output', async () => {
    expect(await invoke(['fmt', '-'], { input: '(+   1 2)' })).toMatchObject({ code: 0, out: '(+ 1 2)\n' })
  })

  test('what cannot be read stays as it is', async () => {
    const cwd = directoryWith({ 'a.rtfs': '(+ 1\n' })
    const { code, err } = await invoke(['fmt', 'a.rtfs'], { cwd })
    expect(code).toBe(3)
    expect(err).toContain('P008')
    expect(readFileSync(join(cwd, 'a.rtfs'), 'utf8')).toBe('(+ 1\n')
  })
})

test('a directory stands for the programs below it', async () => {
  const cwd = directoryWith({ 'lib/a.rtfs': '(+ 1\n', 'lib/x/b.rtfs': '(+ 1 2)\n', 'lib/readme.md': '(' })
  const checked = await invoke(['check', 'lib'], { cwd })
  expect(checked).toMatchObject({ code: 3, out: 'lib/a.rtfs: 1 error\nlib/x/b.rtfs: ok\n' })
  expect(await invoke(['fix', 'lib'], { cwd })).toMatchObject({ code: 0 })
  expect(await invoke(['check', '.'], { cwd })).toMatchObject({ code: 0 })
  expect(await invoke(['fmt', '--check', 'lib'], { cwd })).toMatchObject({ code: 0 })
  expect(await invoke(['check', 'empty'], { cwd: directoryWith({ 'empty/x.md': '' }) })).toMatchObject({
    code: 2,
    err: expect.stringContaining('empty holds no .rtfs file'),
  })
})
