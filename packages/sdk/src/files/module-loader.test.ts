import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isRtfsError } from '@rtfs/core'
import { expect, test } from 'vitest'
import { directoryWith } from './directory.test-util.js'
import { createFileModuleLoader } from './module-loader.js'

const files = { 'a/b.rtfs': 'ab', 'app/a/b.rtfs': 'app', 'app/x/a/b.rtfs': 'near', 'app/only.rtfs': 'only' }

test('the importing file comes before the entry, the entry before the current directory', () => {
  const cwd = directoryWith(files)
  const loader = createFileModuleLoader({ cwd, entry: 'app/main.rtfs' })
  expect(loader.load('a.b', 'app/x/file.rtfs')).toEqual({ path: 'app/x/a/b.rtfs', text: 'near' })
  expect(loader.load('a.b', 'app/main.rtfs')).toEqual({ path: 'app/a/b.rtfs', text: 'app' })
  expect(loader.load('a.b', undefined)).toEqual({ path: 'app/a/b.rtfs', text: 'app' })
  expect(createFileModuleLoader({ cwd }).load('a.b', undefined)).toEqual({ path: 'a/b.rtfs', text: 'ab' })
})

test.each(['none', 'a..b', '', 'a.b.c'])('%j is not there', name => {
  expect(createFileModuleLoader({ cwd: directoryWith(files) }).load(name, undefined)).toBeUndefined()
})

test('links that lead out of the module path are refused', () => {
  const outside = directoryWith({ 'm.rtfs': '(module m)' })
  const cwd = directoryWith()
  symlinkSync(join(outside, 'm.rtfs'), join(cwd, 'm.rtfs'))
  symlinkSync(outside, join(cwd, 'd'))
  const loader = createFileModuleLoader({ cwd })
  for (const name of ['m', 'd.m']) {
    expect(() => loader.load(name, undefined)).toThrow(/leads out of/)
    try {
      loader.load(name, undefined)
    } catch (error) {
      expect(isRtfsError(error, 'ModuleError')).toBe(true)
    }
  }
})

test('links that stay inside are followed', () => {
  const cwd = directoryWith({ 'm.rtfs': '(module m)' })
  symlinkSync('m.rtfs', join(cwd, 'n.rtfs'))
  expect(createFileModuleLoader({ cwd }).load('n', undefined)).toMatchObject({ text: '(module m)' })
})
