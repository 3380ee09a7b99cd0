import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from './workspace.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-main-job-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function mainJob(dir: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'main-job.mjs')], {
    env: { ...process.env, RTFS_HOME: dir },
    encoding: 'utf8',
    timeout: 120_000,
  })
  return { status, stdout, stderr }
}

test('the main job publishes every module, finds functions again, refuses what it must', {
  timeout: 240_000,
}, () => {
  const dir = join(home, 'cache')
  const modules = readdirSync(join(root, 'examples')).filter(file => file.endsWith('.rtfs'))
  const first = mainJob(dir)
  expect(first.stderr).toBe('')
  expect(first.status).toBe(0)
  expect(first.stdout).toContain(`functions of ${modules.length} modules, 0 failed`)
  expect(first.stdout).toMatch(
    /L4 hit sha256:[0-9a-f]+… wasm \d+\.\d\d ms similarity -?\d\.\d{3} examples 1\/1/,
  )
  expect(first.stdout).toMatch(/near-opposite[^\n]*\n {2}L4 miss: all \d+ candidates refused/)
  expect(first.stdout).toMatch(/tampered blob\n {2}L4 miss: refused at blob/)

  const again = mainJob(dir)
  expect(again.status).toBe(0)
  expect(again.stdout).toContain('0 published')
  expect(again.stdout).not.toMatch(/[1-9]\d* published/)
})

test('a directory that cannot be used is a clear error, not a stack trace', () => {
  const file = join(home, 'a-file')
  writeFileSync(file, '')
  const { status, stdout, stderr } = mainJob(join(file, 'cache'))
  expect(status).toBe(1)
  expect(`${stdout}${stderr}`).toMatch(/cannot make the directory .*a-file/)
  expect(stderr).not.toContain('    at ')
})
