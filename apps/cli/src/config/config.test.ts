import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

const slow = '(loop [i 0]\n  (if (< i 1000)\n    (recur (inc i))\n    i))\n'

/** Runs the command where these files are: those of the project in `project`, the person's own in `own`. */
async function withFiles(files: Readonly<Record<string, string>>, args: readonly string[], env = {}) {
  const home = directoryWith({ 'project/deep/x.rtfs': slow, ...files })
  const result = await invoke(args, {
    cwd: join(home, 'project/deep'),
    env: { HOME: home, RTFS_HOME: '', ...env },
  })
  return { ...result, err: result.err.replaceAll(home, '~'), out: result.out.replaceAll(home, '~') }
}

const own = '.config/rtfs/config.toml'

test('limits come from the nearest rtfs.toml above; a flag counts more', async () => {
  const files = { 'project/rtfs.toml': '[limits]\nfuel = 100\n', 'rtfs.toml': '[limits]\nfuel = 1000000' }
  const stopped = await withFiles(files, ['run', 'x.rtfs'])
  expect(stopped).toMatchObject({ code: 1, err: expect.stringContaining('BudgetExhausted') })
  expect(await withFiles(files, ['run', 'x.rtfs', '--max-fuel', '1e6'])).toMatchObject({
    code: 0,
    out: '1000\n',
  })
  expect(await withFiles(files, ['run', 'x.rtfs', '--no-config'])).toMatchObject({ code: 0 })
})

test('what a project leaves out, the own file says', async () => {
  const files = { 'project/rtfs.toml': 'tier = "ast"', [own]: 'tier = "ir"\nallow = ["read-file"]' }
  const { out } = await withFiles(files, ['eval', '(read-file "x.rtfs")', '--json'])
  expect(JSON.parse(out)).toMatchObject({ ok: true, tier: 'ast' })
  // Files of that name above the directory are somebody else's.
  const above = await withFiles({ '.config/config.toml': 'x = 1', 'config.toml': 'x = 1' }, ['eval', '1'])
  expect(above).toMatchObject({ code: 0 })
  const elsewhere = await withFiles({}, ['eval', '1', '--json'], {
    XDG_CONFIG_HOME: join(directoryWith({ 'rtfs/config.toml': 'tier = "ast"' })),
  })
  expect(JSON.parse(elsewhere.out)).toMatchObject({ tier: 'ast' })
})

test('dir is relative to the file; RTFS_HOME and --dir count more', async () => {
  const files = { [own]: 'dir = "store"' }
  expect((await withFiles(files, ['doctor'])).out).toContain('~/.config/rtfs/store')
  expect((await withFiles(files, ['doctor', '--dir', 'here'])).out).toContain('~/project/deep/here')
  expect((await withFiles(files, ['doctor'], { RTFS_HOME: '/nowhere/at/all' })).out).toContain(
    '/nowhere/at/all',
  )
})

test('a file that is named counts alone, and may say everything', async () => {
  const files = { 'project/rtfs.toml': 'tier = "ast"', 'ci.toml': 'allow = ["read-file"]' }
  const { out } = await withFiles(files, [
    'eval',
    '(read-file "x.rtfs")',
    '--json',
    '--config',
    '../../ci.toml',
  ])
  expect(JSON.parse(out)).toMatchObject({ ok: true, tier: 'ir' })
  expect(await withFiles({}, ['eval', '1', '--config', 'none.toml'])).toMatchObject({
    code: 4,
    err: 'rtfs: cannot read ~/project/deep/none.toml: there is no such file\n',
  })
})

test('a tier does not narrow what is tested', async () => {
  const files = { 'project/rtfs.toml': 'tier = "ast"', 'project/deep/t.rtfs': '(deftest t (is (= 1 1)))' }
  expect((await withFiles(files, ['test', 't.rtfs'])).out).toContain('wasm')
})

describe('a file with a fault', () => {
  test.each([
    ['tier = ', '~/project/rtfs.toml:1:'],
    ['teir = "ir"', "there is no 'teir' (did you mean 'tier'?)"],
    ['frobnicate = 1', 'there are dir, offline, tier, allow, limits'],
    ['tier = 1', "'tier' takes a text, not 1"],
    ['tier = "jit"', "--tier is one of auto, ast, ir, wasm, not 'jit'"],
    ['offline = "yes"', "'offline' takes true or false"],
    ['limits = 5', "'limits' is a table"],
    ['[limits]\nfule = 5', "there is no 'limits.fule' (did you mean 'limits.fuel'?)"],
    ['[limits]\nfuel = -1', "'limits.fuel' takes a whole number"],
    ['[limits]\nfuel = 1.5', "'limits.fuel' takes a whole number"],
    ['[limits]\nfuel = "unlimited"', '--max-fuel unlimited lifts it'],
    ['allow = ["http-fetch=*"]', "'allow' is not for the file of a project"],
    ['dir = "here"', "'dir' is not for the file of a project"],
    ['__proto__ = 1', "there is no '__proto__'"],
  ])('%s', async (text, message) => {
    const { code, err, out } = await withFiles({ 'project/rtfs.toml': text }, ['eval', '1'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  test('the doctor works, and tells it', async () => {
    const { code, out } = await withFiles({ 'project/rtfs.toml': 'teir = 1' }, ['doctor'])
    expect(code).toBe(4)
    expect(out).toMatch(/bad +config +~\/project\/rtfs\.toml: there is no 'teir'/)
    expect((await withFiles({ 'project/rtfs.toml': '' }, ['doctor'])).out).toMatch(
      /ok +config +~\/project\/rtfs\.toml/,
    )
  })
})

test("what the README shows is a file of one's own, and not of a project", async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const shown = /```toml\n([\s\S]*?)```/.exec(readme)![1]!
  const { out } = await withFiles({ [own]: shown }, ['eval', '(count (read-file "x.rtfs"))', '--json'])
  expect(JSON.parse(out)).toMatchObject({ ok: true, tier: 'ir' })
  expect((await withFiles({ 'project/rtfs.toml': shown }, ['eval', '1'])).code).toBe(2)
})
