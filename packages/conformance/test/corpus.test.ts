import { afterAll, expect, test } from 'vitest'
import { type CorpusResult, corpusSuite, countResults } from '../src/index.js'
import { corpusFiles } from './files.js'
import { evaluate, tiers } from './tiers.js'

const results: CorpusResult[] = []

corpusSuite(
  { test, expect },
  { files: corpusFiles(), evaluate, tiers, report: result => results.push(result) },
)

test('no tier says that it does not cover a program, but where its native stack ends', () => {
  const uncovered = results.filter(({ status }) => status === 'unsupported')
  const names = uncovered.map(({ corpusCase }) => corpusCase.name)
  expect(names.filter(name => name !== '(down 9000)')).toEqual([])
})

afterAll(() => {
  for (const { tier, passed, unsupported, failed } of countResults(results)) {
    console.log(`corpus in ${tier}: ${passed} passed, ${unsupported} not covered, ${failed} failed`)
  }
})
