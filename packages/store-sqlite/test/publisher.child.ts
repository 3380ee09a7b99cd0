import { writeSync } from 'node:fs'
import { loadSqliteDriver } from '../src/index.js'
import { openCache, publication } from './cache-of.js'

/** Publishes the functions that it is told to, and says each that was acknowledged, at once. */
const [dir, ...names] = process.argv.slice(2)

try {
  if (process.env['RTFS_TEST_AS_NOBODY'] && process.getuid?.() === 0) {
    // What is loaded later may lie where nobody else may read.
    await loadSqliteDriver()
    process.setgid!(65534)
    process.setuid!(65534)
  }
  const { cache, close } = await openCache(dir!)
  for (const name of names) {
    const { outcome, record } = await cache.publish(publication(name))
    writeSync(1, `${outcome} ${record.id} ${name}\n`)
  }
  await close()
} catch (error) {
  writeSync(2, `${(error as { code?: string }).code}: ${(error as Error).message}\n`)
  process.exitCode = 1
}
