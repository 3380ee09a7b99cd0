import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { invoke } from '../invoke.test-util.js'

const file = join(mkdtempSync(join(tmpdir(), 'rtfs-calibrate-')), 'pairs.jsonl')

async function calibrated(lines: readonly string[], ...flags: string[]) {
  writeFileSync(file, lines.join('\n'))
  return invoke(['l4', 'calibrate', file, ...flags])
}

const same = '{"a": "add two numbers", "b": "sum of two numbers", "same": true}'
const different = '{"a": "add two numbers", "b": "subtract two numbers", "same": false}'
const nearMiss = '{"a": "price with tax", "b": "price without tax", "same": false}'

test('a threshold that keeps the budget', async () => {
  const { code, out } = await calibrated([same, different, ''], '--json')
  const answer = JSON.parse(out)
  expect(answer).toMatchObject({ budget: 0, same: 1, different: 1, falseHits: 0 })
  expect([code, answer.found]).toEqual(answer.threshold === null ? [1, 0] : [0, 1])
})

test('no threshold exits with 1 and says what decides instead', async () => {
  const paraphrase = '{"a": "price with tax", "b": "gross amount", "same": true}'
  const { code, out } = await calibrated([paraphrase, nearMiss])
  expect(code).toBe(1)
  expect(out).toContain('let examples decide')
})

test.each([
  ['no JSON', ['hello'], [], /line 1 is no JSON/],
  ['a field is missing', [same, '{"a": "x", "same": true}'], [], /line 2 needs/],
  ['null', ['null'], [], /line 1 needs/],
  ['only one kind', [same], [], /both kinds/],
  ['a budget', [same, different], ['--budget', '2'], /--budget takes/],
])('%s is refused', async (_, lines, flags, message) => {
  const { code, err } = await calibrated(lines, ...flags)
  expect(code).not.toBe(0)
  expect(err).toMatch(message)
})
