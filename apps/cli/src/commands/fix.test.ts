import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

const broken = '(defn f [x]\n  (let [y (+ x 1]\n    y))\n'
const whole = '(defn f [x]\n  (let [y (+ x 1)]\n    y))\n'

test('a missing closer is put in, and what changed is shown', async () => {
  const cwd = directoryWith({ 'a.rtfs': broken })
  const { code, out, err } = await invoke(['fix', 'a.rtfs'], { cwd })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(readFileSync(join(cwd, 'a.rtfs'), 'utf8')).toBe(whole)
  expect(out).toContain('-   (let [y (+ x 1]\n+   (let [y (+ x 1)]\n')
  expect(await invoke(['fix', 'a.rtfs'], { cwd })).toEqual({ code: 0, out: '', err: '' })
})

test('--check changes nothing and exits with 1', async () => {
  const cwd = directoryWith({ 'a.rtfs': broken })
  expect(await invoke(['fix', '--check', 'a.rtfs'], { cwd })).toMatchObject({ code: 1 })
  expect(readFileSync(join(cwd, 'a.rtfs'), 'utf8')).toBe(broken)
})

test('standard input goes to standard output', async () => {
  expect(await invoke(['fix', '-'], { input: broken })).toMatchObject({ code: 0, out: whole })
})

test('a mistyped name is only mended when that is asked for', async () => {
  const input = '(def a (lenght [1]))\n'
  const refused = await invoke(['fix', '-'], { input })
  expect(refused).toMatchObject({ code: 3, out: input })
  expect(refused.err).toContain('--unsafe')
  expect(await invoke(['fix', '--unsafe', '-'], { input })).toMatchObject({
    code: 0,
    out: '(def a (length [1]))\n',
  })
})

test('what cannot be mended is told, as a document too', async () => {
  const { code, out, err } = await invoke(['fix', '-', '--json'], { input: '(f))\n(' })
  expect(code).toBe(3)
  expect(JSON.parse(out)).toMatchObject({ ok: false, files: [{ file: '-' }] })
  expect(err).toContain('error[')
})
