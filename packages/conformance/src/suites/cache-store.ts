import type { CacheStore } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, checks, collect, failure, type StoreSuiteOptions } from './check.js'

/** What every store of a cache does. `create` gives an empty one with room for 100 small entries. */
export function cacheStoreSuite(
  runner: Runner,
  create: () => Promise<CacheStore<Uint8Array>>,
  options: StoreSuiteOptions<CacheStore<Uint8Array>> = {},
): void {
  const { expect } = runner
  const check = checks(runner, 'cache store', create)
  const bytes = (...values: number[]) => new Uint8Array(values)

  check('a miss is undefined, deleting one is no error', async store => {
    expect(await store.get('nothing')).toEqual(undefined)
    await store.delete('nothing')
  })

  check('gives what was set last', async store => {
    await store.set('a', bytes(1))
    await store.set('a', bytes(2, 3))
    await store.set('b', bytes())
    expect([...(await store.get('a'))!]).toEqual([2, 3])
    expect([...(await store.get('b'))!]).toEqual([])
    await store.delete('a')
    expect(await store.get('a')).toEqual(undefined)
  })

  check('any key is a key of its own', async store => {
    const keys = [
      '',
      'a',
      'A',
      ' a',
      'a\0b',
      '__proto__',
      'constructor',
      'ä',
      'a\u0308',
      "'; --",
      '足'.repeat(500),
    ]
    for (const [i, key] of keys.entries()) await store.set(key, bytes(i))
    for (const [i, key] of keys.entries()) expect([...(await store.get(key))!], key).toEqual([i])
  })

  check('keeps its own copy', async store => {
    const mine = bytes(1, 2)
    await store.set('a', mine)
    mine[0] = 9
    const first = (await store.get('a'))!
    expect([...first]).toEqual([1, 2])
    first[0] = 9
    expect([...(await store.get('a'))!]).toEqual([1, 2])
  })

  check('what has expired is a miss; setting it again makes it new', async store => {
    await store.set('past', bytes(1), { expiresAt: 1 })
    await store.set('future', bytes(2), { expiresAt: 8e15 })
    expect(await store.get('past')).toEqual(undefined)
    expect([...(await store.get('future'))!]).toEqual([2])
    await store.set('past', bytes(3))
    expect([...(await store.get('past'))!]).toEqual([3])
  })

  check('what is being set is seen at once', async store => {
    const set = store.set('a', bytes(7))
    expect([...((await store.get('a')) ?? [])]).toEqual([7])
    await set
  })

  check('many at the same time', async store => {
    await Promise.all(Array.from({ length: 90 }, (_, i) => store.set(`k${i}`, bytes(i))))
    for (let i = 0; i < 90; i++) expect([...(await store.get(`k${i}`))!]).toEqual([i])
    expect(store.usage().entries).toEqual(90)
    expect(store.usage().bytes >= 90).toEqual(true)
  })

  check('walks over the keys that begin so, in their order', async store => {
    const keys = ['a', 'a:', 'a:1', 'a:2', 'a;', 'b', '', 'ä:1', 'A:1', 'a:\u{1F600}', 'a:\uffff', '\ufeffb']
    for (const [i, key] of keys.entries()) await store.set(key, bytes(i))
    await store.set('a:past', bytes(1), { expiresAt: 1 })
    const late = store.set('a:late', bytes(9))
    const found = async (prefix: string) => (await collect(store.entries(prefix))).map(([key]) => key)
    expect((await found('a:')).sort()).toEqual(
      keys
        .filter(key => key.startsWith('a:'))
        .concat('a:late')
        .sort(),
    )
    await late
    expect((await collect(store.entries('a:2'))).map(([key, value]) => [key, ...value])).toEqual([['a:2', 3]])
    expect(await found('none')).toEqual([])
    expect(await found('\ufeff')).toEqual(['\ufeffb'])
    expect((await found('')).length).toEqual(keys.length + 1)
    for (let i = 0; i < 60; i++) await store.set(`n${100 + i}`, bytes(i))
    expect(await found('n')).toEqual(Array.from({ length: 60 }, (_, i) => `n${100 + i}`))
    expect(await failure(() => collect(store.entries('n', aborted)))).toEqual('RTFS_ABORTED')
  })

  check('clear leaves nothing, also nothing that was being set', async store => {
    await store.set('a', bytes(1))
    const late = store.set('b', bytes(2))
    await store.clear()
    await late
    expect([await store.get('a'), await store.get('b')]).toEqual([undefined, undefined])
    expect(store.usage().entries).toEqual(0)
  })

  check('an aborted call rejects', async store => {
    expect(await failure(() => store.get('a', aborted))).toEqual('RTFS_ABORTED')
    expect(await failure(() => store.set('a', bytes(1), aborted))).toEqual('RTFS_ABORTED')
    expect(await store.get('a')).toEqual(undefined)
  })

  check('a closed store says so, and closes twice', async store => {
    await store.close()
    await store.close()
    expect(await failure(() => store.get('a'))).toEqual('RTFS_USAGE')
    expect(await failure(() => collect(store.entries('')))).toEqual('RTFS_USAGE')
    expect(await failure(() => store.set('a', bytes(1)))).toEqual('RTFS_USAGE')
  })

  check('what was acknowledged is there when it is opened again, as `supports` says', async store => {
    if (!store.supports.persistent) return
    if (options.reopen === undefined) throw new Error('a persistent store needs `reopen`')
    await store.set('a', bytes(1))
    const unacknowledged = store.set('b', bytes(2))
    await store.close()
    await unacknowledged
    const again = await options.reopen()
    expect([...(await again.get('a'))!]).toEqual([1])
    expect([...(await again.get('b'))!]).toEqual([2])
    await again.close()
  })
}
