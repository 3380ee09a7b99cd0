// Writes docs/library.md, the reference of the standard library, from the table that all tiers run. Run it after
// `npm run build` when a row of the table changed; `tests/library-reference.test.ts` fails until then.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { libraryReference } from '../packages/stdlib/dist/index.js'
import { root } from './lib.mjs'

writeFileSync(join(root, 'docs', 'library.md'), libraryReference())
