import { describe, expect, test } from 'vitest'
import { CorpusFormatError, findMismatch, parseCorpus, runCase } from './corpus.js'
import { corpusSuite, countResults } from './corpus-suite.js'
import type { Outcome } from './outcome.js'

const parse = (text: string) => parseCorpus({ name: 'x.rtfs', text })

const sample = `;; tiers: ast ir
;; A comment.
(defn add [a b] (+ a b))
;; run: (add 1 2) => 3
;; run: (add 1 nil) => error TypeError at 3:17
;; run: (let [x 1]
;;        x) => 1
;; ---
;; tiers: ast
;; limits: fuel=5 depth=2
;; context: {:id 1}
;; run: (loop [] (recur)) => error BudgetExhausted in (recur)
;; text: "#!x\\n1" => 1
;; ---
;; parse-error P008
(+ 1
;; ---
;; run: (if) => parse-error P001|P002
`

describe('corpus files', () => {
  const cases = parse(sample)

  test('cases', () => {
    expect(cases.map(each => [each.line, each.tiers.join(' '), each.name])).toEqual([
      [4, 'ast ir', '(add 1 2)'],
      [5, 'ast ir', '(add 1 nil)'],
      [6, 'ast ir', '(let [x 1] x)'],
      [12, 'ast', '(loop [] (recur))'],
      [13, 'ast', '"#!x\\n1"'],
      [15, 'ast ir', '(+ 1'],
      [18, 'ast ir', '(if)'],
    ])
  })

  test('a program keeps the lines and columns of the file', () => {
    expect(cases[0]!.source).toBe('\n\n(defn add [a b] (+ a b))\n        (add 1 2)')
    expect(cases[2]!.source).toBe(`\n\n(defn add [a b] (+ a b))\n\n\n        (let [x 1]\n${' '.repeat(10)}x)`)
    expect(cases[3]!.source).toBe(`${'\n'.repeat(11)}        (loop [] (recur))`)
    expect(cases[4]!.source).toBe('#!x\n1')
    expect(cases[5]!.source).toBe(`${'\n'.repeat(15)}(+ 1`)
  })

  test('limits and context belong to their block', () => {
    expect(cases[3]!.limits).toEqual({ fuel: 5, depth: 2 })
    expect(cases[3]!.context).toBe('{:id 1}')
    expect(cases[6]!.limits).toEqual({})
    expect(cases[6]!.context).toBeUndefined()
  })

  test('the last arrow divides', () => {
    const [only] = parse(';; tiers: ast\n;; run: (the [:=> [int] int] f) => #fn')
    expect(only!.name).toBe('(the [:=> [int] int] f)')
  })

  test.each([
    ['(f)', 'no cases'],
    [';; run: 1 => 1', 'header'],
    [';; tiers: ast\n;; run: 1', 'needs " => "'],
    [';; tiers: ast\n;; run: 1 => [1', 'x.rtfs:2'],
    [';; tiers: ast\n;; run: 1 => error lowercase', 'cannot read the result'],
    [';; tiers: ast\n;; limits: fuel:3\n;; run: 1 => 1', 'name=number'],
    [';; tiers: ast\n;; text: 1 => 1', 'string'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(CorpusFormatError)
    expect(() => parse(text)).toThrow(message)
  })
})

describe('what is a mismatch', () => {
  const [value, error, , limit, , block, form] = parse(sample)
  const span = (source: string, text: string) => ({
    start: source.indexOf(text),
    end: source.indexOf(text) + text.length,
  })

  test.each<[string, Parameters<typeof findMismatch>[0], Outcome, string | undefined]>([
    ['value', value!, { ok: true, value: '3' }, undefined],
    ['other value', value!, { ok: true, value: '4' }, 'expected 3, got 4'],
    ['unreadable value', value!, { ok: true, value: '<3>' }, 'expected 3'],
    ['error for value', value!, { ok: false, kind: 'TypeError' }, 'expected 3, got error TypeError'],
    [
      'error in place',
      error!,
      { ok: false, kind: 'TypeError', span: span(error!.source, '(+ a b)') },
      undefined,
    ],
    [
      'error elsewhere',
      error!,
      { ok: false, kind: 'TypeError', span: span(error!.source, '(add') },
      'expected a span at 3:17',
    ],
    ['error without place', error!, { ok: false, kind: 'TypeError' }, 'expected a span at 3:17'],
    ['other error', error!, { ok: false, kind: 'ArityMismatch' }, 'expected error TypeError'],
    [
      'text of the span',
      limit!,
      { ok: false, kind: 'BudgetExhausted', span: span(limit!.source, '(recur)') },
      undefined,
    ],
    [
      'other text',
      limit!,
      { ok: false, kind: 'BudgetExhausted', span: span(limit!.source, '(loop') },
      'expected the span of (recur)',
    ],
    ['parse error', block!, { ok: false, kind: 'ParseError', code: 'P008' }, undefined],
    ['other code', block!, { ok: false, kind: 'ParseError', code: 'P001' }, 'expected parse error P008'],
    ['one of two codes', form!, { ok: false, kind: 'ParseError', code: 'P002' }, undefined],
    ['no parse error', form!, { ok: true, value: 'nil' }, 'expected a parse error'],
  ])('%s', (_, corpusCase, outcome, message) => {
    const mismatch = findMismatch(corpusCase, outcome)
    if (message === undefined) expect(mismatch).toBeUndefined()
    else expect(mismatch).toContain(message)
  })

  test('a tier that does not cover a case neither passes nor fails', async () => {
    const result = await runCase(value!, 'ir', async () => ({ ok: false, kind: 'UnsupportedError' }))
    expect(result.status).toBe('unsupported')
  })
})

describe('corpusSuite', () => {
  const files = [{ name: 'x.rtfs', text: ';; tiers: ast ir\n;; run: 1 => 1\n;; run: 2 => 3\n' }]

  async function collect(options: Partial<Parameters<typeof corpusSuite>[1]>) {
    const tests: { name: string; body: () => void | Promise<void> }[] = []
    const problems: unknown[] = []
    const results: Parameters<typeof countResults>[0] extends Iterable<infer R> ? R[] : never = []
    const runner = {
      test: (name: string, body: () => void | Promise<void>) => tests.push({ name, body }),
      expect: (actual: unknown) => ({
        toEqual: (expected: unknown) => void (actual === expected || problems.push(actual)),
      }),
    }
    corpusSuite(runner, {
      files,
      evaluate: async source => ({ ok: true, value: source.trim() }),
      report: result => results.push(result),
      ...options,
    })
    for (const { body } of tests) await body()
    return { names: tests.map(({ name }) => name), problems, counts: countResults(results) }
  }

  test('one test a case and tier', async () => {
    const { names, problems, counts } = await collect({})
    expect(names).toEqual(['x.rtfs:2 ast 1', 'x.rtfs:2 ir 1', 'x.rtfs:3 ast 2', 'x.rtfs:3 ir 2'])
    expect(problems).toEqual(['expected 3, got 2', 'expected 3, got 2'])
    expect(counts).toEqual([
      { tier: 'ast', passed: 1, unsupported: 0, failed: 1 },
      { tier: 'ir', passed: 1, unsupported: 0, failed: 1 },
    ])
  })

  test('only the tiers asked for', async () => {
    expect((await collect({ tiers: ['ir', 'other'] })).names).toEqual(['x.rtfs:2 ir 1', 'x.rtfs:3 ir 2'])
  })

  test.each([
    ['allow', []],
    ['fail', ['ast does not cover the program', 'ast does not cover the program']],
  ] as const)('unsupported: %s', async (unsupported, expected) => {
    const evaluate = async () => ({ ok: false, kind: 'UnsupportedError' }) as const
    expect((await collect({ tiers: ['ast'], evaluate, unsupported })).problems).toEqual(expected)
  })
})
