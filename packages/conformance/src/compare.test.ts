import { describe, expect, test } from 'vitest'
import { compareTiers, type DifferentPart, describeDisagreement, differentPart } from './compare.js'
import { runDifferential } from './differential.js'
import type { Outcome } from './outcome.js'
import { shrinkSource } from './shrink.js'

const failure = (kind: string, start?: number, more: object = {}): Outcome => ({
  ok: false,
  kind,
  ...(start === undefined ? {} : { span: { start, end: start + 1 } }),
  ...more,
})

describe('in what outcomes differ', () => {
  test.each<[string, Outcome, Outcome, DifferentPart | undefined]>([
    ['same value', { ok: true, value: '1' }, { ok: true, value: '1' }, undefined],
    ['other value', { ok: true, value: '1' }, { ok: true, value: '1.0' }, 'value'],
    ['list for vector', { ok: true, value: '[1]' }, { ok: true, value: '(1)' }, 'value'],
    [
      'functions of other names',
      { ok: true, value: '#<function f>' },
      { ok: true, value: '#<function>' },
      undefined,
    ],
    ['error for value', { ok: true, value: '1' }, failure('TypeError'), 'outcome'],
    ['same error', failure('TypeError', 3), failure('TypeError', 3), undefined],
    ['other kind', failure('TypeError', 3), failure('NotCallable', 3), 'kind'],
    ['other place', failure('TypeError', 3), failure('TypeError', 4), 'span'],
    ['no place', failure('TypeError', 3), failure('TypeError'), 'span'],
    [
      'other code',
      failure('ParseError', 3, { code: 'P001' }),
      failure('ParseError', 3, { code: 'P002' }),
      'code',
    ],
    ['other fuel', { ok: true, value: '1', fuel: 3 }, { ok: true, value: '1', fuel: 4 }, 'fuel'],
    ['fuel that is not told', { ok: true, value: '1', fuel: 3 }, { ok: true, value: '1' }, undefined],
    [
      'other effects',
      { ok: true, value: '1', effects: ['a', 'b'] },
      { ok: true, value: '1', effects: ['b', 'a'] },
      'effects',
    ],
  ])('%s', (_, expected, got, part) => {
    expect(differentPart(expected, got)).toBe(part)
  })

  test('fuel only at limits, or never', () => {
    const [three, four] = [
      failure('BudgetExhausted', 1, { fuel: 3 }),
      failure('BudgetExhausted', 1, { fuel: 4 }),
    ]
    expect(differentPart(three, four, { fuel: 'limits' })).toBe('fuel')
    expect(differentPart(three, four, { fuel: 'never' })).toBeUndefined()
    expect(
      differentPart({ ok: true, value: '1', fuel: 3 }, { ok: true, value: '1', fuel: 4 }, { fuel: 'limits' }),
    ).toBeUndefined()
  })

  test('without places', () => {
    expect(differentPart(failure('TypeError', 3), failure('TypeError', 4), { spans: false })).toBeUndefined()
  })
})

/** A tier that knows one wrong answer: programs with `(* …)` inside a `let` give 13. */
const wrong = async (source: string, { tier }: { readonly tier: string }): Promise<Outcome> => {
  if (tier === 'c' && source.includes('for')) return failure('UnsupportedError')
  const caught = tier === 'b' && /\(let [\s\S]*\(\* /.test(source)
  return { ok: true, value: caught ? '13' : '12' }
}

describe('compareTiers', () => {
  test('names what was compared', async () => {
    const result = await compareTiers({ source: '(for 1)', limits: {} }, ['a', 'b', 'c'], wrong)
    expect(result).toMatchObject({ status: 'agreement', covered: ['b'], unsupported: ['c'] })
  })

  test('names the tier that differs', async () => {
    const source = '(let [x 1] (* x 2))'
    const result = await compareTiers({ source, limits: {} }, ['a', 'b', 'c'], wrong)
    expect(result).toMatchObject({ status: 'disagreement', tier: 'b', part: 'value' })
    expect(result.status === 'disagreement' && describeDisagreement(result, source)).toContain(
      'expected 12\n  got      13',
    )
  })

  test('needs a tier', async () => {
    await expect(compareTiers({ source: '1', limits: {} }, [], wrong)).rejects.toThrow('at least one tier')
  })
})

describe('shrinking', () => {
  test.each([
    [
      '(f 1) (g (let [x 5 y "long"] (* x (+ y 3)) 7)) (h)',
      (s: string) => /\(let [\s\S]*\(\* /.test(s),
      '(let (* nil))',
    ],
    ['[1 {:a "b" :c (keep me)} 3]', (s: string) => s.includes('(keep'), '(keep)'],
    ['(+ 123456 2)', (s: string) => /\d\d\d/.test(s), '123'],
  ])('%s', async (source, holds, smallest) => {
    const shrunk = await shrinkSource(source, async text => holds(text))
    expect(holds(shrunk)).toBe(true)
    expect(shrunk.replaceAll(' ', '')).toBe(smallest.replaceAll(' ', ''))
  })

  test('text that is no forms stays as it is', async () => {
    expect(await shrinkSource('(((', async () => true)).toBe('(((')
  })

  test('drops comments and stops after its attempts', async () => {
    const source = '(a ; )\n #| ( |# b)'
    expect(await shrinkSource(source, async text => text.includes('b'), { maxAttempts: 100 })).toBe('b')
    expect(await shrinkSource(source, async text => text.includes('b'), { maxAttempts: 0 })).toBe('(a b)')
  })
})

describe('runDifferential', () => {
  test('reports by tier, with a small program', async () => {
    const report = await runDifferential({
      seed: 6,
      count: 200,
      // The last one is where they differ, in programs that the one before does not cover.
      tiers: ['a', 'c', 'b'],
      evaluate: async (source, options) =>
        options.tier === 'c' && source.includes('(let ')
          ? failure('UnsupportedError')
          : wrong(source, options),
      maxDisagreements: 2,
    })
    expect(report.disagreements.length).toBe(2)
    expect(report.disagreements.every(({ source }) => source.length < 30)).toBe(true)
    expect(report.tiers.get('b')!.disagreements).toBe(2)
    expect(report.tiers.get('c')!.unsupported).toBeGreaterThan(0)
  })

  test('the same seed gives the same report', async () => {
    const run = () => runDifferential({ seed: 9, count: 20, tiers: ['a', 'c'], evaluate: wrong })
    expect(await run()).toEqual(await run())
  })
})
