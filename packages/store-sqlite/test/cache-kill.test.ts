import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqliteCacheStore } from '../src/index.js'
import { bundleChild, removeBundles } from './children.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-cache-kill-'))
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
  removeBundles()
})

test('what was acknowledged survives a kill', async () => {
  const script = await bundleChild('cache-writer.child')
  for (const lines of [50, 400]) {
    const dir = mkdtempSync(join(home, 'store-'))
    const said = await killedAfter(script, dir, lines)
    const store = await openSqliteCacheStore({ dir })
    const lost: string[] = []
    for (const key of said) {
      const value = await store.get(key)
      if (value === undefined || new TextDecoder().decode(value) !== key.repeat(50)) lost.push(key)
    }
    expect(said.length).toBeGreaterThanOrEqual(lines)
    expect(lost).toEqual([])
    await store.close()
  }
}, 60_000)

/** The keys that a writer acknowledged before it was killed. */
function killedAfter(script: string, dir: string, lines: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    let faults = ''
    child.stderr.on('data', chunk => (faults += String(chunk)))
    child.stdout.on('data', chunk => {
      text += String(chunk)
      if (text.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', () => {
      if (faults !== '') reject(new Error(faults))
      // The last line may be torn.
      else resolve(text.split('\n').slice(0, -1))
    })
  })
}
