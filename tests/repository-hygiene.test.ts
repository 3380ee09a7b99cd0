import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './workspace.js'

// Written in pieces, so that this file passes its own test.
const forbidden: readonly (readonly [string, RegExp])[] = [
  [
    'an absolute path of somebody’s machine',
    new RegExp(`(?<![\\w.~-])/(${['work', 'root', 'home/\\w+'].join('|')})/`),
  ],
  ['a job folder', new RegExp(`/tmp/${'bash'}_jobs`)],
  ['a registry host', new RegExp(`registry\\.(${'npm'}js\\.org|yarn${'pkg'}\\.com)`)],
]

// An archive of the sources has no index to list them.
describe.skipIf(!existsSync(join(root, '.git')))('tracked files', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(name => name !== '' && existsSync(join(root, name)))

  test.each(forbidden)('none contains %s', (_, pattern) => {
    const found: string[] = []
    for (const name of tracked) {
      readFileSync(join(root, name), 'latin1')
        .split('\n')
        .forEach((line, index) => {
          if (pattern.test(line)) found.push(`${name}:${index + 1}: ${line.trim().slice(0, 120)}`)
        })
    }
    expect(found).toEqual([])
  })

  test('none is a build product or an installed package', () => {
    expect(
      tracked.filter(name => /(^|\/)(node_modules|dist|\.turbo)\/|\.tsbuildinfo$|\.tgz$/.test(name)),
    ).toEqual([])
  })
})

test('the lockfile names no place to download from', () => {
  const lines = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8').split('\n')
  expect(lines.filter(line => /tarball:|https?:\/\/[^ ]*\.tgz/.test(line))).toEqual([])
})
