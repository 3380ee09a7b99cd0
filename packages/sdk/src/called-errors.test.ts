import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatRtfsError, type RtfsError } from '@rtfs/core'
import { sourceOfError } from '@rtfs/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRtfs, type Rtfs } from './rtfs.js'

const dir = mkdtempSync(join(tmpdir(), 'rtfs-called-'))
let rtfs: Rtfs

beforeAll(async () => {
  rtfs = createRtfs({ dir })
  await rtfs.publish(`(module shop (:exports [gross ratio])
    (defn gross "Price with tax." [price :float rate :float] :float (* price (+ 1.0 rate)))
    (defn ratio "How much of it." [o :[:map [:name :string] [:n [:and :int [:>= 0]]]]] :float (/ 10.0 (- 3.0 (:n o)))))`)
})

afterAll(async () => {
  await rtfs.close()
  rmSync(dir, { recursive: true, force: true })
})

async function said(name: string, args: readonly unknown[]): Promise<string> {
  try {
    return String((await rtfs.call(name, args)).value)
  } catch (error) {
    return formatRtfsError(error as RtfsError, sourceOfError(error))
  }
}

test.each<[string, readonly unknown[], string]>([
  ['gross', [1, 'x'], 'TypeValidationError: gross: parameter rate: expected :float, got the string "x"'],
  // Either of two strings may be the wrong one.
  ['gross', ['y', 'x'], 'TypeValidationError: gross: parameter price: expected :float, got string'],
  ['gross', [1], 'ArityMismatch: Arity mismatch in gross: expected 2, got 1'],
  [
    'ratio',
    [{ name: 'a', n: -1 }],
    'TypeValidationError: ratio: parameter o: expected [:map [:n [:and :int [:>= 0]]] [:name :string]], ' +
      'got the map {"name" "a" "n" -1}: at ["n"] -1 does not satisfy [:>= 0]',
  ],
  ['ratio', [{ name: 'a', n: 3 }], 'TypeError: Type error in -: expected number, got nil'],
])('%s of %j says what was wrong, and shows no text of ours', async (name, args, message) => {
  expect(await said(name, args)).toBe(message)
})

test('what a program raises itself stays what it is', async () => {
  const error = await rtfs.call('gross', [1, 'x']).catch(error => error as RtfsError)
  expect(error).toMatchObject({ code: 'TypeValidationError', span: undefined, file: undefined })
  await expect(rtfs.call('nothing', [])).rejects.toMatchObject({ code: 'RTFS_USAGE' })
})
