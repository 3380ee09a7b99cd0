import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

let dir: string

beforeEach(() => {
  dir = directoryWith()
})

const evaluate = (text: string, ...grants: readonly string[]) =>
  invoke(['eval', text, '--dir', dir, ...grants.flatMap(grant => ['--allow', grant])])

test('what was put is there for the next run', async () => {
  const put =
    '(do (kv/put :cart {"a" [1 2.0 :x nil]}) (kv/put "n" 7) (kv/conj! :queue 1 2) (kv/assoc! :m :a 1))'
  expect(await evaluate(put, 'kv')).toMatchObject({ code: 0, out: '{:a 1}\n' })
  const get = '[(kv/get :cart) (kv/get "n") (kv/get :n) (kv/conj! :queue 3) (kv/dissoc! :m :a)]'
  expect(await evaluate(get, 'kv')).toMatchObject({
    code: 0,
    out: '[{"a" [1 2.0 :x nil]} 7 nil [1 2 3] {}]\n',
  })
  expect(readdirSync(join(dir, 'kv'))).toEqual(['default.json'])
})

test('nil takes a key out', async () => {
  await evaluate('(do (kv/put :a 1) (kv/put :b 2) (kv/put :a nil))', 'kv')
  expect(readFileSync(join(dir, 'kv/default.json'), 'utf8')).toBe('[["m",1],["k","b"],2]')
})

test('stores do not see each other', async () => {
  await evaluate('(kv/put :a 1)', 'kv=one')
  expect(await evaluate('(kv/get :a)', 'kv=two')).toMatchObject({ out: 'nil\n' })
  expect(await evaluate('(kv/get :a)', 'kv.get=one')).toMatchObject({ out: '1\n' })
})

test.each([
  ['no grant', '(kv/get :a)', [], 1, 'SecurityViolation'],
  ['reading alone', '(kv/put :a 1)', ['kv.get'], 1, "on 'ccos.state.kv.put'"],
  ['a name that is a path', '(kv/get :a)', ['kv=../x'], 2, "not '../x'"],
  ['two stores', '(kv/get :a)', ['kv=a', 'kv=b'], 2, 'names two stores: a and b'],
  ['a key that cannot be one', '(kv/put [1] 1)', ['kv'], 1, 'InvalidArgument'],
  ['a function', '(kv/put :f inc)', ['kv'], 1, 'a function cannot be kept'],
  ['a function in a collection', '(kv/conj! :f inc)', ['kv'], 1, 'a function cannot be kept'],
  ['putting alone', '(kv/conj! :a 1)', ['kv.put'], 1, "on 'ccos.state.kv.conj'"],
  ['a collection that is none', '(do (kv/put :a 1) (kv/conj! :a 2))', ['kv'], 1, 'Type error in kv/conj!'],
  ['a map that is none', '(do (kv/put :a 1) (kv/dissoc! :a 2))', ['kv'], 1, 'Type error in kv/dissoc!'],
])('%s is refused', async (_, text, grants, code, message) => {
  const result = await evaluate(text, ...grants)
  expect(result.err).toContain(message)
  expect(result.code).toBe(code)
})

test('a file that is none of ours, or a link, is left alone', async () => {
  await evaluate('(kv/put :a 1)', 'kv')
  writeFileSync(join(dir, 'kv/default.json'), 'not ours')
  symlinkSync('/etc/passwd', join(dir, 'kv/linked.json'))
  for (const store of ['default', 'linked']) {
    expect((await evaluate('(kv/put :a 1)', `kv=${store}`)).err).toContain('IoError')
  }
  expect(readFileSync(join(dir, 'kv/default.json'), 'utf8')).toBe('not ours')
  expect(readdirSync(join(dir, 'kv')).sort()).toEqual(['default.json', 'linked.json'])
})

test('a lock whose process is gone holds nobody up', async () => {
  await evaluate('(kv/put :a 1)', 'kv')
  const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' })
  writeFileSync(join(dir, 'kv/default.json.lock'), gone.trim())
  expect(await evaluate('(kv/put :b 2)', 'kv')).toMatchObject({ code: 0 })
  expect(readdirSync(join(dir, 'kv'))).toEqual(['default.json'])
})

test('nobody breaks a lock that another process is breaking, unless that one is gone, too', async () => {
  await evaluate('(kv/put :a 1)', 'kv')
  const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
  const lock = join(dir, 'kv/default.json.lock')
  writeFileSync(lock, gone)
  writeFileSync(`${lock}.broken`, gone)
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(`${lock}.broken`, longAgo, longAgo)
  expect(await evaluate('(kv/conj! :b 2)', 'kv')).toMatchObject({ code: 0, out: '[2]\n' })
  expect(readdirSync(join(dir, 'kv'))).toEqual(['default.json'])
})
