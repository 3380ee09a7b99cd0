import { isRtfsError } from '@rtfs/core'
import { expect, test } from 'vitest'
import { createModelRegistry } from './model-registry.js'
import { createEchoModel } from './models.js'

test('a missing provider is NotImplemented and names the id', () => {
  const registry = createModelRegistry([createEchoModel()])
  expect(registry.ids).toEqual(['echo-model'])
  try {
    registry.require('nowhere')
    expect.unreachable()
  } catch (error) {
    expect(isRtfsError(error, 'NotImplemented')).toBe(true)
    expect(String(error)).toContain('Model provider not found: nowhere')
  }
})

test('the echo model repeats its prompt', async () => {
  expect((await createEchoModel().infer({ model: 'echo-model', prompt: 'hi' })).text).toBe('[ECHO] hi')
})
