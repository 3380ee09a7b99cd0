import { readFileSync } from 'node:fs'
import { createInferenceCache, createSemanticCache, type SemanticCacheOptions } from '@rtfs/delegation'
import type { ModelProvider } from '@rtfs/interfaces'
import { createExactIndex, createHashEmbedder } from '@rtfs/l4-client'
import { expect, test } from 'vitest'

/** Groups of descriptions: the texts of one group mean the same, those of two groups do not, however alike they are. */
const groups: readonly (readonly string[])[] = [
  ['Add two numbers', 'Sum of two numbers', 'add two numbers'],
  ['Multiply two numbers', 'Product of two numbers'],
  ['Subtract two numbers', 'Difference of two numbers'],
  ['Sort a list of names ascending', 'Order names from A to Z'],
  ['Sort a list of names descending', 'Order names from Z to A'],
  ['Largest number of a list', 'Maximum of a list of numbers'],
  ['Smallest number of a list', 'Minimum of a list of numbers'],
  ['Price including sales tax', 'Gross price'],
  ['Price excluding sales tax', 'Net price'],
  ['Convert Celsius to Fahrenheit', 'Fahrenheit from Celsius'],
  ['Convert Fahrenheit to Celsius', 'Celsius from Fahrenheit'],
  ['Is the number even', 'True for even numbers'],
  ['Is the number odd', 'True for odd numbers'],
  ['First word of a text', 'The word a text begins with'],
  ['Last word of a text', 'The word a text ends with'],
  ['arg0: "A"'],
  ['arg0: "a"'],
  ['arg0: "a b"'],
  ['arg0: "a  b"'],
  ['arg0: [1 2]; arg1: 3'],
  ['arg0: [1 2]; arg1: 4'],
]

test('no text gets the answer to another one at default settings, however alike they are', async () => {
  const cache = createSemanticCache({
    inferences: createInferenceCache(),
    embedder: createHashEmbedder(),
    createIndex: ({ dimension }) => createExactIndex({ dimension }),
  })
  const model: ModelProvider = { id: 'm', infer: async ({ prompt }) => ({ text: prompt, model: 'm' }) }
  let hits = 0
  for (const text of groups.flat()) {
    for (const prompt of [text, ` ${text}\r\n`]) {
      const { text: answered } = await cache.infer(model, { model: 'm', prompt })
      expect(answered.trim()).toBe(text)
      if (prompt !== text && answered === text) hits++
    }
  }
  expect(hits).toBe(groups.flat().length)
  expect(cache.statistics.hits).toBe(hits)
})

interface LabelledFunction {
  readonly group: string
  readonly name: string
  readonly tasks: readonly string[]
}

/** Functions in groups of near misses, each with descriptions that mean it and nothing else of the group. */
const functions = readFileSync(new URL('../../conformance/right-hits/tasks.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '')
  .map(line => JSON.parse(line) as LabelledFunction)

/** Asks for every description, all in one scope; counts answers that are those of another function. */
async function askAll(options: Pick<SemanticCacheOptions, 'accept' | 'threshold'>) {
  const { tasks, owners } = labelled()
  const cache = createSemanticCache({
    ...options,
    inferences: createInferenceCache({ maxEntries: 10_000 }),
    embedder: createHashEmbedder(),
    createIndex: ({ dimension }) => createExactIndex({ dimension }),
  })
  const model: ModelProvider = {
    id: 'm',
    infer: async ({ prompt }) => ({ text: owners.get(prompt.trim())!, model: 'm' }),
  }
  let wrong = 0
  let asked = 0
  for (const prompt of [...tasks, ...tasks.map(task => `\n${task} `)]) {
    asked++
    const { text } = await cache.infer(model, { model: 'm', prompt })
    if (text !== owners.get(prompt.trim())) wrong++
  }
  const { hits } = cache.statistics
  await cache.close()
  return { asked, wrong, hits }
}

function labelled() {
  const owners = new Map<string, string>()
  for (const { group, name, tasks } of functions) {
    for (const task of tasks) {
      const owner = `${group}/${name}`
      // A text of two functions would make every answer right for one of them.
      expect([task, owners.get(task) ?? owner]).toEqual([task, owner])
      owners.set(task, owner)
    }
  }
  return { tasks: [...owners.keys()], owners }
}

test('no labelled description gets the answer to another function at default settings', async () => {
  const { asked, wrong, hits } = await askAll({})
  expect(functions.length).toBeGreaterThanOrEqual(180)
  expect(asked).toBeGreaterThanOrEqual(2 * 1000)
  expect(wrong).toBe(0)
  // Each description once more, in other white space, is the same text.
  expect(hits).toBe(asked / 2)
})

test('likeness alone, as a hook that takes everything, would give wrong answers over the same descriptions', async () => {
  const { wrong } = await askAll({ threshold: 0.8, accept: () => true })
  expect(wrong).toBeGreaterThan(0)
})
