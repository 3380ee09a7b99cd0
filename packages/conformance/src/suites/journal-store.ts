import {
  errorFromValue,
  formatValue,
  genericError,
  keyword,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsVector,
  type Value,
} from '@rtfs/core'
import type { JournalEntry, JournalStore } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, checks, failure, type StoreSuiteOptions } from './check.js'

const intent = (position: string, idempotent = false): JournalEntry => ({
  kind: 'intent',
  position,
  capability: 'acme.send',
  argsHash: `hash of ${position}`,
  idempotent,
})

const answer = (position: string, value: Value): JournalEntry => ({
  kind: 'result',
  position,
  result: { ok: true, value },
})

/** What every journal store does. `create` makes an empty one. */
export function journalStoreSuite(
  runner: Runner,
  create: () => Promise<JournalStore>,
  options: StoreSuiteOptions<JournalStore> = {},
): void {
  const { expect } = runner
  const check = checks(runner, 'journal store', create)

  check('an unknown run has no entries', async store => {
    expect(await store.load('missing')).toEqual([])
  })

  check('gives entries back in their order', async store => {
    const entries = [intent('0'), intent('1', true), answer('1', 'one'), answer('0', null), intent('2.0/0')]
    for (const entry of entries) await store.append('run', entry)
    expect(await store.load('run')).toEqual(entries)
  })

  check('runs know nothing of one another, whatever their names', async store => {
    const names = ['run', 'RUN', 'run/1', '../run', "it's", '__proto__', '']
    for (const name of names) await store.append(name, answer('0', name))
    for (const name of names) expect(await store.load(name)).toEqual([answer('0', name)])
  })

  check('values come back as they were', async store => {
    const map = RtfsMap.from([
      ['1', new RtfsFloat(2)],
      [1, 9223372036854775807n],
      [keyword('k'), RtfsList.from([null, RtfsVector.empty])],
    ])
    await store.append('run', answer('0', map))
    const [entry] = await store.load('run')
    const value = entry?.kind === 'result' && entry.result.ok && 'value' in entry.result && entry.result.value
    expect(formatValue(value as Value)).toEqual(formatValue(map))
  })

  check('errors and decisions come back', async store => {
    const error = genericError('broken').value!
    const decision = {
      target: { kind: 'LocalPure' },
      source: 'rules',
      reason: 'why',
      confidence: 1,
      trace: ['a'],
    } as const
    await store.append('run', { kind: 'result', position: '0', result: { ok: false, error } })
    await store.append('run', { kind: 'result', position: '1', result: { ok: true, decision } as never })
    const [first, second] = await store.load('run')
    const back = first?.kind === 'result' && !first.result.ok && first.result.error
    expect(errorFromValue(back as typeof error).value).toEqual(error)
    expect(second).toEqual({ kind: 'result', position: '1', result: { ok: true, decision } })
  })

  check('an aborted call rejects and appends nothing', async store => {
    expect(await failure(() => store.append('run', intent('0'), aborted))).toEqual('RTFS_ABORTED')
    expect(await failure(() => store.load('run', aborted))).toEqual('RTFS_ABORTED')
    expect(await store.load('run')).toEqual([])
  })

  check('a closed store says so', async store => {
    await store.close()
    expect(await failure(() => store.load('run'))).toEqual('RTFS_USAGE')
    expect(await failure(() => store.append('run', intent('0')))).toEqual('RTFS_USAGE')
  })

  const { reopen } = options
  if (reopen === undefined) return
  check('entries are there after reopening, and go on', async store => {
    await store.append('run', intent('0'))
    await store.close()
    const again = await reopen()
    await again.append('run', answer('0', 1))
    expect(await again.load('run')).toEqual([intent('0'), answer('0', 1)])
    await again.close()
  })
}
