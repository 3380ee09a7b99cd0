// Packs every publishable package the way `pnpm publish` would: workspace versions filled in, the source condition
// taken out. Expects a finished build.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary, cache, run, runNode, workspacePackages } from './lib.mjs'

/** Resolves to a map from package name to the path of its tarball. */
export async function packAll(destination = join(cache, 'tarballs')) {
  const packages = workspacePackages().filter(p => !p.manifest.private)
  rmSync(destination, { recursive: true, force: true })
  mkdirSync(destination, { recursive: true })
  const filters = packages.flatMap(p => ['--filter', p.manifest.name])
  const args = ['--recursive', ...filters, 'pack', '--pack-destination', destination]
  const { code, output } = await runNode(binary('pnpm'), args, { capture: true })
  if (code !== 0) throw new Error(`pnpm ${args.join(' ')} ended with ${code}\n${output}`)
  return new Map(
    packages.map(({ manifest: { name, version } }) => [
      name,
      join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
    ]),
  )
}

/** The named packages and all workspace packages that they depend on. */
export function withWorkspaceDependencies(...names) {
  const manifests = new Map(workspacePackages().map(p => [p.manifest.name, p.manifest]))
  const found = new Set()
  const visit = name => {
    if (found.has(name) || !manifests.has(name)) return
    found.add(name)
    const { dependencies, optionalDependencies, peerDependencies } = manifests.get(name)
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(next)
  }
  for (const name of names) visit(name)
  return [...found]
}

/**
 * An npm project in `directory` with these packages, and what they need, installed from tarballs. Install scripts
 * do not run: the packages have to work where a native dependency was not built.
 */
export async function installTarballs(directory, tarballs, ...names) {
  const dependencies = Object.fromEntries(
    withWorkspaceDependencies(...names).map(name => [name, `file:${tarballs.get(name)}`]),
  )
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies }),
  )
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]
  const shell = process.platform === 'win32'
  const { code, output } = await run('npm', args, { cwd: directory, capture: true, shell })
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}\n${output}`)
}
