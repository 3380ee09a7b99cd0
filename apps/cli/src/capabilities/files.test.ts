import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

let cwd: string

beforeEach(() => {
  cwd = directoryWith({ 'data/a.txt': 'one\ntwo\r\n', 'data2/b.txt': 'secret', 'secret.txt': 'secret' })
  mkdirSync(join(cwd, 'data/sub'))
})

const all = ['read-file', 'read-lines', 'write-file', 'delete-file', 'file-exists']

/** Evaluates with every file capability granted for `data`. */
const inData = (text: string) =>
  invoke(['eval', text, ...all.flatMap(name => ['--allow', `ccos.io.${name}=data`])], { cwd })

describe('below the granted path', () => {
  test.each([
    ['read-file', '(read-file "data/a.txt")', '"one\\ntwo\\r\\n"\n'],
    ['a path with dots inside', '(read-file "data/sub/../a.txt")', '"one\\ntwo\\r\\n"\n'],
    ['read-lines', '(read-lines "data/a.txt")', '["one" "two"]\n'],
    ['file-exists', '[(file-exists? "data/a.txt") (file-exists? "data/no.txt")]', '[true false]\n'],
    ['write-file', '(write-file "data/new.txt" "x") (read-file "data/new.txt")', '"x"\n'],
    ['write-file over what was there', '(write-file "data/a.txt" "x") (read-file "data/a.txt")', '"x"\n'],
    ['delete-file', '(delete-file "data/a.txt") (file-exists? "data/a.txt")', 'false\n'],
  ])('%s', async (_, text, out) => {
    expect(await inData(text)).toMatchObject({ code: 0, out })
  })

  test('a link that stays inside', async () => {
    symlinkSync('a.txt', join(cwd, 'data/link'))
    expect(await inData('(read-file "data/link")')).toMatchObject({ code: 0 })
  })

  test.each([
    ['is not there', '(read-file "data/no.txt")', 'there is no such file'],
    ['is a directory', '(read-file "data/sub")', 'data/sub'],
    ['is not UTF-8', '(read-file "data/bytes")', 'not UTF-8'],
  ])('a file that %s is an IoError', async (_, text, message) => {
    writeFileSync(join(cwd, 'data/bytes'), Uint8Array.of(0xff, 0xfe))
    const { code, err } = await inData(`(try ${text} (catch IoError e (str (:kind e) (:message e))))`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect((await inData(text)).err).toContain(message)
  })
})

describe('escapes', () => {
  beforeEach(() => {
    symlinkSync(join(cwd, 'secret.txt'), join(cwd, 'data/link'))
    symlinkSync('../../secret.txt', join(cwd, 'data/sub/link'))
    symlinkSync(cwd, join(cwd, 'data/up'))
    symlinkSync(join(cwd, 'new.txt'), join(cwd, 'data/dangling'))
  })

  test.each([
    ['dots', 'data/../secret.txt'],
    ['an absolute path', '/etc/passwd'],
    ['a directory whose name begins like the prefix', 'data2/b.txt'],
    ['a link to a file', 'data/link'],
    ['a relative link', 'data/sub/link'],
    ['a link to a directory', 'data/up/secret.txt'],
    ['dots behind a link', 'data/up/data/../secret.txt'],
    ['a link that leads nowhere', 'data/dangling'],
    ['a file that is not there', 'nothing.txt'],
    ['a file that is not there, in a directory that is none', 'secret.txt/x'],
  ])('%s', async (_, path) => {
    const violation = `Security violation: path ${path} on`
    for (const text of [
      `(read-file "${path}")`,
      `(read-lines "${path}")`,
      `(file-exists? "${path}")`,
      `(write-file "${path}" "overwritten")`,
      `(delete-file "${path}")`,
    ]) {
      const { code, err } = await inData(text)
      expect(code).toBe(1)
      expect(err).toContain(violation)
    }
    expect(readFileSync(join(cwd, 'secret.txt'), 'utf8')).toBe('secret')
    expect(readFileSync(join(cwd, 'data2/b.txt'), 'utf8')).toBe('secret')
  })

  test('a zero character', async () => {
    expect((await inData('(read-file "data/a.txt\\u0000.png")')).err).toContain('I/O error')
  })
})

describe('grants', () => {
  test('without one there is nothing', async () => {
    const { code, err } = await invoke(['eval', '(read-file "data/a.txt")'], { cwd })
    expect(code).toBe(1)
    expect(err).toContain("Security violation: call on 'ccos.io.read-file'")
    expect(err).toContain('hint: --allow ccos.io.read-file grants it')
  })

  test('reading does not grant writing', async () => {
    const { code, err } = await invoke(['eval', '(write-file "data/x" "y")', '--allow', 'read-file=data'], {
      cwd,
    })
    expect(code).toBe(1)
    expect(err).toContain('Security violation')
  })

  test('several add up; a file may be a scope', async () => {
    const flags = ['--allow', 'read-file=data/a.txt', '--allow', 'read-file=data2']
    const text = '[(count (read-file "data/a.txt")) (count (read-file "data2/b.txt"))]'
    expect(await invoke(['eval', text, ...flags], { cwd })).toMatchObject({ code: 0, out: '[9 6]\n' })
  })

  test('one without a scope is for every path', async () => {
    expect(await invoke(['eval', '(read-file "secret.txt")', '--allow', 'read-file'], { cwd })).toMatchObject(
      {
        code: 0,
        out: '"secret"\n',
      },
    )
  })
})
