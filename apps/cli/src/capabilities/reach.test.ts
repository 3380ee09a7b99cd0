import type { CapabilityDefinition } from '@rtfs/runtime'
import { expect, test } from 'vitest'
import { openReach } from './reach.js'

test.each([
  ['ccos.io.read-file', true],
  ['ccos.io.write-file', true],
  ['ccos.io.delete-file', undefined],
  ['ccos.io.println', undefined],
  ['ccos.system.sleep-ms', true],
  ['ccos.state.kv.put', true],
  ['ccos.state.kv.assoc', true],
  ['ccos.state.kv.conj', undefined],
  ['ccos.io.read-line', undefined],
  ['ccos.network.http-fetch', undefined],
])('%s may be done again after a kill: %s', async (id, idempotent) => {
  const grants = [
    { capability: 'read-file', scope: undefined },
    { capability: 'sleep-ms', scope: undefined },
    { capability: 'kv', scope: undefined },
    { capability: 'open-file', scope: undefined },
    { capability: 'http-fetch', scope: '*' },
  ]
  const { capabilities } = await openReach(grants, {
    sink: () => {},
    cwd: '/',
    env: {},
    dir: '/',
    offline: false,
  })
  const table = capabilities as ReadonlyMap<string, CapabilityDefinition>
  expect(table.get(id)?.execute).toBeTypeOf('function')
  expect(table.get(id)?.idempotent).toBe(idempotent)
})
