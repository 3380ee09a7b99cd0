import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { bundleChild, removeBundles } from './children.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-model-kill-'))
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
  removeBundles()
})

test('50 calls of a model, killed at random: no recorded call is repeated, the one in doubt is asked again', async () => {
  const script = await bundleChild('model-calls.child')
  for (const killedAt of fc.sample(fc.integer({ min: 1, max: 50 }), { numRuns: 3, seed: 6 })) {
    const dir = mkdtempSync(join(home, 'run-'))
    const log = join(dir, 'asked.txt')
    const start = (...more: string[]) =>
      spawnSync(process.execPath, [script, dir, log, ...more], { encoding: 'utf8' })
    expect(start(String(killedAt)).signal).toBe('SIGKILL')
    expect(start().stdout).toBe('150\n')
    const asked = readFileSync(log, 'utf8').trimEnd().split('\n')
    const twice = asked.filter((prompt, i) => asked.indexOf(prompt) !== i)
    expect(new Set(asked).size).toBe(50)
    // Nobody knows whether the last one was answered.
    expect(twice).toEqual([`arg0: ${killedAt - 1}`])
  }
}, 60_000)
