import { symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { directoryWith } from './directory.test-util.js'
import { findPrograms } from './find-programs.js'

test('programs below a directory, by name; hidden ones, packages and links to directories are left out', () => {
  const directory = directoryWith({
    'b.rtfs': '1',
    'a/z.rtfs': '1',
    'a/b.txt': '1',
    '.git/x.rtfs': '1',
    'node_modules/x.rtfs': '1',
    'c/d/e.rtfs': '1',
  })
  symlinkSync(directory, join(directory, 'a/loop'))
  const paths = findPrograms(directory).map(path => relative(directory, path))
  expect(paths).toEqual(['a/z.rtfs', 'b.rtfs', 'c/d/e.rtfs'])
  expect(findPrograms(directory, { max: 2 })).toHaveLength(2)
  expect(findPrograms(join(directory, 'nowhere'))).toEqual([])
})
