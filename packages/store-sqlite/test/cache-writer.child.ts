import { writeSync } from 'node:fs'
import { openSqliteCacheStore } from '../src/index.js'

/** Sets entry after entry and says each that was acknowledged, at once, until it is killed. */
const store = await openSqliteCacheStore({ dir: process.argv[2]!, writeBehindMs: 1 })
for (let i = 0; ; i += 4) {
  const keys = [i, i + 1, i + 2, i + 3].map(String)
  await Promise.all(keys.map(key => store.set(key, new TextEncoder().encode(key.repeat(50)))))
  writeSync(1, `${keys.join('\n')}\n`)
}
