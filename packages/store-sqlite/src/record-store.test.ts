import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordStoreSuite } from '@rtfs/conformance/suites'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqliteRecordStore } from './index.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-sqlite-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const fresh = () => mkdtempSync(join(home, 'store-'))

describe('in a file', () => {
  let dir = home
  const create = () => openSqliteRecordStore({ dir: (dir = fresh()) })
  recordStoreSuite({ test, expect }, create, { reopen: () => openSqliteRecordStore({ dir }) })
})

describe('in memory', () => {
  recordStoreSuite({ test, expect }, () => openSqliteRecordStore({ file: ':memory:' }))
})
