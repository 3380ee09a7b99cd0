import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directoryWith, invoke } from '../invoke.test-util.js'

test('doctor looks at tiers and directory, and touches neither', async () => {
  const cwd = directoryWith()
  const { code, out } = await invoke(['doctor', '--json', '--dir', 'none'], { cwd })
  const report = JSON.parse(out)
  expect(code).toBe(0)
  expect(report.findings).toContainEqual({ what: 'tier wasm', state: 'ok', found: 'computes' })
  expect(report.findings).toContainEqual(expect.objectContaining({ what: 'directory', state: 'note' }))
  expect((await invoke(['doctor', '--dir', 'none'], { cwd })).out).toContain(
    'everything that is needed works',
  )
})

test('doctor says what is wrong with a directory that is a file', async () => {
  const cwd = directoryWith({ taken: '' })
  const { code, out } = await invoke(['doctor', '--dir', 'taken'], { cwd })
  expect(code).toBe(4)
  expect(out).toContain('bad directory')
  expect(out).toContain('--dir')
})

test.each([
  ['a command', ['rtfs', 'comp'], 'compile completion'],
  ['a command of a group', ['rtfs', 'l4', 'f'], 'find'],
  ['a flag', ['rtfs', 'eval', '--max-f'], '--max-fuel'],
  ['a flag of a command of a group', ['rtfs', 'l4', 'find', '--sig'], '--signature'],
])('bash completes %s', async (_, words, expected) => {
  const cwd = directoryWith()
  const script = await invoke(['completion', 'bash'])
  expect(script.code).toBe(0)
  writeFileSync(join(cwd, 'rtfs.bash'), script.out)
  const line = `source ./rtfs.bash; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _rtfs; echo "\${COMPREPLY[*]}"`
  expect(execFileSync('bash', ['-c', line], { cwd, encoding: 'utf8' }).trim()).toBe(expected)
})

test('scripts for zsh and fish; another shell is wrong usage', async () => {
  expect((await invoke(['completion', 'zsh'])).out).toMatch(/^#compdef rtfs\n/)
  expect((await invoke(['completion', 'fish'])).out).toContain(
    "complete -c rtfs -n '__fish_use_subcommand' -a eval",
  )
  expect((await invoke(['completion', 'tcsh'])).code).toBe(2)
})
