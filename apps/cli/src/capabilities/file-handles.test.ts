import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { answers, directoryWith, invoke } from '../invoke.test-util.js'

let cwd: string

beforeEach(() => {
  cwd = directoryWith({ 'data/a.txt': 'one\ntwo\r\nthree', 'secret.txt': 'secret' })
})

const inData = (text: string, ...flags: readonly string[]) =>
  invoke(['eval', text, '--allow', 'open-file=data', ...flags], { cwd })

const writing = ['--allow', 'write-line=data']

test.each([
  [
    'lines without their ends, then nil',
    '(let [f (open-file "data/a.txt")] [(read-line f) (read-line f) (read-line f) (read-line f)])',
    '["one" "two" "three" nil]\n',
  ],
  ['a mode by keyword', '(read-line (open-file "data/a.txt" :read))', '"one"\n'],
  [
    'with-resource closes',
    '(let [f (with-resource [f FileHandle (open-file "data/a.txt")] f)] (try (read-line f) (catch e (:kind e))))',
    '"ResourceError"\n',
  ],
  [
    'a second close',
    '(let [f (open-file "data/a.txt")] (close-file f) (try (close-file f) (catch e (:kind e))))',
    '"ResourceError"\n',
  ],
  [
    'a handle that nobody gave',
    '(try (read-line resource://files/1) (catch e (:kind e)))',
    '"ResourceError"\n',
  ],
  ['a file that is not there', '(try (open-file "data/no.txt") (catch e (:kind e)))', '"IoError"\n'],
  ['a directory', '(try (open-file "data") (catch e (:kind e)))', '"IoError"\n'],
  [
    'a mode that there is not',
    '(try (open-file "data/a.txt" "x") (catch e (:kind e)))',
    '"InvalidArgument"\n',
  ],
])('%s', async (_, text, out) => {
  expect(await inData(text)).toMatchObject({ code: 0, out })
})

test.each([
  ['w', 'x\ny\n'],
  ['a', 'one\ntwo\r\nthreex\ny\n'],
  ['r+', 'x\ny\ntwo\r\nthree'],
])('written with mode %s', async (mode, content) => {
  const text = `(let [f (open-file "data/a.txt" "${mode}")] (write-line f "x") (write-line f "y") (close-file f))`
  expect(await inData(text, ...writing)).toMatchObject({ code: 0, out: 'nil\n' })
  expect(readFileSync(join(cwd, 'data/a.txt'), 'utf8')).toBe(content)
})

test('reading and writing share a position', async () => {
  const text =
    '(let [f (open-file "data/a.txt" :read-write)] (read-line f) (write-line f "TW") (let [x (read-line f)] (close-file f) x))'
  expect(await inData(text, ...writing)).toMatchObject({ code: 0, out: '""\n' })
  expect(readFileSync(join(cwd, 'data/a.txt'), 'utf8')).toBe('one\nTW\n\r\nthree')
})

test('a line that is longer than what is read at once, and an end between two readings', async () => {
  writeFileSync(join(cwd, 'data/long'), `${'x'.repeat(200_000)}\n${'y'.repeat(65_535 - 3393)}\r\nz\n`)
  const text =
    '(let [f (open-file "data/long")] [(count (read-line f)) (count (read-line f)) (read-line f) (read-line f)])'
  expect(await inData(text)).toMatchObject({ code: 0, out: '[200000 62142 "z" nil]\n' })
})

describe('what is refused', () => {
  beforeEach(() => {
    mkdirSync(join(cwd, 'data/sub'))
    symlinkSync(join(cwd, 'secret.txt'), join(cwd, 'data/link'))
    symlinkSync(cwd, join(cwd, 'data/up'))
  })

  test.each([
    ['dots', 'data/../secret.txt'],
    ['an absolute path', '/etc/passwd'],
    ['a link', 'data/link'],
    ['a link to a directory', 'data/up/secret.txt'],
  ])('%s', async (_, path) => {
    for (const mode of ['r', 'w', 'a', 'r+']) {
      const { code, err } = await inData(`(open-file "${path}" "${mode}")`, ...writing)
      expect(code).toBe(1)
      expect(err).toContain(`Security violation: path ${path} on`)
    }
    expect(readFileSync(join(cwd, 'secret.txt'), 'utf8')).toBe('secret')
  })

  test.each(['w', 'a', 'r+'])('mode %s without a grant to write, before the file is touched', async mode => {
    const { code, err } = await inData(`(open-file "data/a.txt" "${mode}")`)
    expect(code).toBe(1)
    expect(err).toContain("on 'ccos.io.write-line'")
    expect(readFileSync(join(cwd, 'data/a.txt'), 'utf8')).toBe('one\ntwo\r\nthree')
  })

  test('writing where only reading is granted', async () => {
    const { err } = await inData('(open-file "data/a.txt" "w")', '--allow', 'write-line=data/sub')
    expect(err).toContain("path data/a.txt on 'ccos.io.write-line'")
  })

  test('more files than may be open', async () => {
    const text = '(try (map (fn [_] (open-file "data/a.txt")) (range 129)) (catch e (:message e)))'
    expect((await inData(text)).out).toContain('128 files are open')
  })

  test('a file that another request holds open', async () => {
    const first = await answers([{ id: 1, source: '(str (open-file "data/a.txt"))' }], {
      cwd,
      flags: ['--allow', 'open-file=data'],
    })
    expect(first.lines[0]!.value).toMatch(/resource:\/\/files\/[0-9a-f-]{36}/)
    const { lines } = await answers(
      [
        { id: 1, source: '(def f (open-file "data/a.txt")) (read-line f)' },
        { id: 2, source: '(read-line f)' },
      ],
      { cwd, flags: ['--allow', 'open-file=data'] },
    )
    expect(lines.map(line => line.value ?? line.error?.kind)).toEqual(['"one"', 'UndefinedSymbol'])
  })
})
