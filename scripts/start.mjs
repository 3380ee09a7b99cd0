// `npm start`: installs and builds what is missing, then does the project's main job.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runNode } from './lib.mjs'
import { setup } from './setup.mjs'

const job = join(root, 'scripts', 'main-job.mjs')
try {
  await setup()
  if (!existsSync(job)) throw new Error('scripts/main-job.mjs is missing: there is no main job to run')
  process.exitCode = (await runNode(job, process.argv.slice(2))).code
} catch (error) {
  console.error(`start: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
