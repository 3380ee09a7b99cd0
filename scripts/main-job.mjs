// The main job: compile, verify, sign and publish the modules of examples/ into a cache directory, then call some of
// them from a separate process, found by code, by interface and by meaning. Safe to run again. Exits 1 if a step fails.
import { join } from 'node:path'
import { root, runNode, seconds } from './lib.mjs'
import { publishExamples } from './main-job/publish.mjs'

const dir = process.env.RTFS_HOME || join(root, '.rtfs')
const started = performance.now()

try {
  console.log(`== publish the modules of examples/ into ${dir}`)
  const published = await publishExamples(dir)
  console.log(`== call them from another process`)
  const { code } = await runNode(join(root, 'scripts', 'main-job', 'call.mjs'), [dir])
  const ok = published && code === 0
  console.log(`== ${ok ? 'done' : 'FAILED'} in ${seconds(started)}`)
  process.exitCode = ok ? 0 : 1
} catch (error) {
  console.error(`main job: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
