import { formatValue, isRtfsError } from '@rtfs/core'
import { createEchoModel, parsePolicy } from '@rtfs/delegation'
import { describe, expect, test } from 'vitest'
import { createRtfs } from './rtfs.js'

const policy = parsePolicy(`version = 1
[data-classes.pii]
remote = false
[[rules]]
name = "all remote"
symbol = "routed*"
target = "remote:m"`)

describe.each(['ast', 'ir', 'wasm'] as const)('hints and rules, tier %s', tier => {
  async function run(source: string, allowedCapabilities = ['model-call:m']): Promise<string> {
    const rtfs = createRtfs({
      cache: false,
      models: [createEchoModel('m')],
      policy,
      security: { allowedCapabilities },
    })
    try {
      const { value, tier: ran } = await rtfs.run(source, { tier })
      expect(ran).toBe(tier)
      return formatValue(value)
    } catch (error) {
      if (!isRtfsError(error)) throw error
      return `! ${error.message}`
    } finally {
      await rtfs.close()
    }
  }

  test.each([
    ['a remote model', '(defn f ^:delegation :remote "m" [x] [:here x]) (f 1)', '"[ECHO] arg0: 1"'],
    ['a local model', '(defn f ^:delegation :local-model "m" [x] [:here x]) (f 1)', '"[ECHO] arg0: 1"'],
    ['here, against the rule', '(defn routed ^:delegation :local [x] [:here x]) (routed 1)', '[:here 1]'],
    ['the module cache, which is off', '(defn f ^:delegation :l4 [x] [:here x]) (f 1)', '[:here 1]'],
    ['the rule', '(defn routed [x] [:here x]) (routed 1)', '"[ECHO] arg0: 1"'],
    ['no rule', '(defn f [x] [:here x]) (f 1)', '[:here 1]'],
    ['before the name', '(defn ^:delegation :remote "m" f [x] [:here x]) (f 1)', '"[ECHO] arg0: 1"'],
    [
      'through a callback',
      '(defn f ^:delegation :remote "m" [x]) (map f [1 2])',
      '["[ECHO] arg0: 1" "[ECHO] arg0: 2"]',
    ],
    ['in a tail call', '(defn f ^:delegation :remote "m" [x]) (defn g [x] (f x)) (g 1)', '"[ECHO] arg0: 1"'],
    [
      'not against a data class',
      '(defn f ^{:data-class :pii} ^:delegation :remote "m" [x] [:here x]) (f 1)',
      '[:here 1]',
    ],
    [
      'a data class and no body',
      '(defn f ^{:data-class :pii} ^:delegation :remote "m" [x]) (f 1)',
      '! No implementation for f: data class pii may not go to remote model m',
    ],
  ])('%s', async (_, source, expected) => expect(await run(source)).toBe(expected))

  test('not without a grant', async () => {
    expect(await run('(defn f ^:delegation :remote "m" [x] 1) (f 1)', [])).toBe(
      "! Security violation: call on 'model-call:m' not allowed in controlled",
    )
  })
})
