import { describe, expect, test } from 'vitest'
import { parseCorpus } from '../src/index.js'
import { corpusFiles } from './files.js'

describe('the corpus of this package', () => {
  test.each(corpusFiles().map(file => [file.name, file] as const))('%s follows the format', (_, file) => {
    const cases = parseCorpus(file)
    expect(cases.length).toBeGreaterThan(0)
    const seen = new Set<string>()
    for (const each of cases) {
      const key = JSON.stringify([each.name, each.source.replace(/^\n+/, ''), each.limits, each.context])
      expect(
        seen.has(key) && each.expected.kind === 'value',
        `${file.name}:${each.line} is there twice`,
      ).toBe(false)
      seen.add(key)
    }
  })

  test('has the size that it is said to have', () => {
    const cases = corpusFiles().flatMap(file => parseCorpus(file))
    expect(cases.length).toBeGreaterThanOrEqual(1200)
  })
})
