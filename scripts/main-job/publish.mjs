// First half of the main job: every exported function of every module is checked, compiled, run on its examples in
// all three tiers, signed and stored.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRtfs } from '../../packages/sdk/dist/index.js'
import { root, seconds } from '../lib.mjs'

/** Publishes all of examples/; false when a function could not be published. */
export async function publishExamples(dir) {
  const rtfs = createRtfs({ dir })
  const directory = join(root, 'examples')
  const files = readdirSync(directory).filter(file => file.endsWith('.rtfs'))
  const totals = { functions: 0, failed: 0, runs: 0 }
  try {
    for (const [index, file] of files.entries()) {
      const began = performance.now()
      const results = await rtfs.publish(readFileSync(join(directory, file), 'utf8'), { file })
      const outcomes = summarize(results)
      totals.functions += results.length
      totals.failed += outcomes.failures.length
      totals.runs += outcomes.runs
      const ran = outcomes.runs === 0 ? '' : `, ${outcomes.runs} example runs in ast, ir and wasm`
      console.log(
        `[${index + 1}/${files.length}] ${file.padEnd(16)} ${results.length} functions: ` +
          `${outcomes.published} published, ${outcomes.existing} there already${ran} (${seconds(began)})`,
      )
      for (const { fn, error } of outcomes.failures) console.log(`  FAILED ${fn.symbol}: ${error.message}`)
    }
    const store = await rtfs.store()
    const [key] = await store.keys.list()
    console.log(
      `${totals.functions} functions of ${files.length} modules, ${totals.failed} failed, ` +
        `${totals.runs} example runs, signed by ${key?.keyId.slice(0, 23)}…`,
    )
  } finally {
    await rtfs.close()
  }
  return totals.failed === 0 && totals.functions > 0
}

function summarize(results) {
  const done = results.filter(result => result.ok)
  const checks = done.flatMap(({ answer }) => answer.report?.checks ?? [])
  return {
    published: done.filter(({ answer }) => answer.outcome !== 'existing').length,
    existing: done.filter(({ answer }) => answer.outcome === 'existing').length,
    runs: checks
      .filter(check => check.name.startsWith('examples '))
      .reduce((sum, check) => sum + check.cases, 0),
    failures: results.filter(result => !result.ok),
  }
}
