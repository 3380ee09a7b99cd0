import { createInferenceCache, createSemanticCache } from '@rtfs/delegation'
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
