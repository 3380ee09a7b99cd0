// `npm test`: everything that has to hold before a change goes in. `npm test -- lint types` runs only those steps.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { binary, cache, readJson, root, runNode, seconds } from './lib.mjs'
import { setup } from './setup.mjs'

const totals = { passed: 0, failed: 0, skipped: 0 }

const steps = [
  ['lint', () => runNode(binary('@biomejs/biome', 'biome'), ['check', '.', '--error-on-warnings'])],
  ['types', () => runNode(binary('typescript', 'tsc'), ['-b'])],
  ['unit', async () => (await vitest('packages')) + (await vitest('apps'))],
  ['repository', () => vitest('tests', '--exclude', '**/tarball.test.ts')],
  ['packages', () => runNode(join(root, 'scripts', 'check-packages.mjs'), [])],
  ['tarball', () => vitest('tests', 'tarball.test.ts')],
]

/** Runs the tests below `directory` and adds their numbers to the totals. */
async function vitest(directory, ...args) {
  const report = join(cache, `vitest-${directory}.json`)
  mkdirSync(cache, { recursive: true })
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { code } = await runNode(binary('vitest'), ['run', '--dir', directory, ...reporters, ...args])
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = readJson(report)
    totals.passed += numPassedTests
    totals.skipped += numPendingTests + numTodoTests
    // A file that does not even load has no failed test, but it failed.
    totals.failed += numFailedTests === 0 && code !== 0 ? 1 : numFailedTests
  } else if (code !== 0) {
    totals.failed++
  }
  return code
}

const only = process.argv.slice(2)
const unknown = only.filter(name => !steps.some(([step]) => step === name))
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(', ')}; there are ${steps.map(([name]) => name).join(', ')}`)
  process.exit(2)
}

const failures = []
const started = performance.now()
await step('setup', setup)
if (failures.length === 0) {
  for (const [name, action] of steps) if (only.length === 0 || only.includes(name)) await step(name, action)
}
console.log(
  `${failures.length === 0 ? 'all steps passed' : `failed: ${failures.join(', ')}`} in ${seconds(started)}`,
)
console.log(`${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

async function step(name, action) {
  const began = performance.now()
  console.log(`== ${name}`)
  let ok = false
  try {
    const result = await action()
    ok = (typeof result === 'object' ? result.code : (result ?? 0)) === 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
  if (!ok) failures.push(name)
  console.log(`== ${name}: ${ok ? 'ok' : 'FAILED'} in ${seconds(began)}`)
}
