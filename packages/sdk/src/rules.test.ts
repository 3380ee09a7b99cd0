import { formatValue } from '@rtfs/core'
import { createEchoModel, createStaticDelegationEngine } from '@rtfs/delegation'
import { expect, test } from 'vitest'
import { createRtfs } from './rtfs.js'

test.each(['ast', 'ir', 'wasm'] as const)(
  'a rule that comes later reaches what was compiled before, tier %s',
  async tier => {
    const engine = createStaticDelegationEngine()
    const rtfs = createRtfs({
      cache: false,
      engine,
      models: [createEchoModel('m')],
      security: { level: 'full' },
    })
    const session = rtfs.runtime.session()
    await session.run('(defn f [x] [:here x]) (def first (f 0)) (defn g [x] (f x))', { tier })
    const call = async () => formatValue((await session.call('g', [1], { tier })).value)
    expect(await call()).toBe('[:here 1]')
    engine.setTarget('f', { kind: 'remote-model', id: 'm' })
    expect(await call()).toBe('"[ECHO] arg0: 1"')
    engine.removeTarget('f')
    expect(await call()).toBe('[:here 1]')
    expect(formatValue((await session.run('first', { tier })).value)).toBe('[:here 0]')
    engine.setTarget('f', { kind: 'remote-model', id: 'm' })
    await session.run('(def second (f 0)) (defn h [x] [second (f x)])', { tier })
    engine.removeTarget('f')
    // Another rule, so that earlier units are run again: with the decisions of their time.
    engine.setTarget('h', { kind: 'local-pure' })
    expect(formatValue((await session.call('h', [1], { tier })).value)).toBe('["[ECHO] arg0: 0" [:here 1]]')
  },
)
