import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labelledTasks, openRightHits, type RightHits } from './right-hits.js'

const tasks = labelledTasks()

describe('the labelled set', () => {
  test('is large enough, and no description is in it twice', () => {
    const texts = tasks.flatMap(each => each.tasks.map(text => text.toLowerCase()))
    expect(texts.length).toBeGreaterThanOrEqual(1_000)
    expect(new Set(texts).size).toBe(texts.length)
  })

  test('groups hold near misses of one signature', () => {
    for (const { group } of tasks) {
      const members = tasks.filter(each => each.group === group)
      expect(members.length).toBeGreaterThan(1)
      expect(new Set(members.map(each => each.signature)).size).toBe(1)
    }
  })
})

describe('right hits', () => {
  let cache: RightHits
  beforeAll(async () => {
    cache = await openRightHits(tasks)
  }, 120_000)
  afterAll(() => cache.close())

  test('two examples: nothing false, nine of ten paraphrases found', async () => {
    const { asked, found, falseHits, absentHits } = await cache.measure({ accept: 'behaviour', examples: 2 })
    expect(falseHits).toBe(0)
    expect(absentHits).toBe(0)
    expect(found / asked).toBeGreaterThanOrEqual(0.9)
  }, 120_000)

  test('without examples only the same text is a hit, so nothing is false', async () => {
    const { falseHits, absentHits } = await cache.measure({ accept: 'behaviour', examples: 0 })
    expect(falseHits).toBe(0)
    expect(absentHits).toBe(0)
  }, 120_000)
})
