import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { libraryReference } from '../packages/stdlib/src/index.js'
import { root } from './workspace.js'

test('docs/library.md is what `node scripts/library-reference.mjs` writes', () => {
  expect(readFileSync(join(root, 'docs', 'library.md'), 'utf8')).toBe(libraryReference())
})
