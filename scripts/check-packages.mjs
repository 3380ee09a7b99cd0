// publint and attw over the tarball of every publishable package: what users get, not what the folder holds.
import { availableParallelism } from 'node:os'
import { binary, mapLimited, runNode, workspacePackages } from './lib.mjs'
import { packAll } from './pack.mjs'

const tarballs = await packAll()
const publint = binary('publint')
const attw = binary('@arethetypeswrong/cli', 'attw')

const results = await mapLimited(
  workspacePackages().filter(({ manifest }) => !manifest.private),
  availableParallelism(),
  async ({ manifest: { name, exports } }) => {
    const tarball = tarballs.get(name)
    const checks = [await runNode(publint, [tarball, '--strict'], { capture: true })]
    // A package of commands only has nothing to import.
    if (exports) {
      const options = ['--profile', 'esm-only', '--no-color', '--format', 'ascii']
      checks.push(await runNode(attw, [tarball, ...options], { capture: true }))
    }
    return { name, problems: checks.filter(check => check.code !== 0).map(check => check.output) }
  },
)

for (const { name, problems } of results) {
  for (const output of problems) console.error(`${name}\n${output}`)
}
const bad = results.filter(r => r.problems.length > 0)
console.log(`publint and attw: ${results.length - bad.length} of ${results.length} packages are fine`)
process.exitCode = bad.length > 0 ? 1 : 0
