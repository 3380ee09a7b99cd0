// Installs and builds what is missing, and nothing when nothing is: `npm start` and `npm test` begin here.
// Needs Node >= 20.19 and npm, no pnpm and no corepack.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cache, environment, readJson, root, run, runNode, seconds, workspacePackages } from './lib.mjs'

export async function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node >= 20.19 is needed, this is ${process.versions.node}`)
  }
  await once('install', installInputs(), install)
  await once('build', buildInputs(), async () => {
    const { code } = await runNode(join(root, 'scripts', 'build.mjs'), [])
    if (code !== 0) throw new Error('the build failed')
  })
}

/** Runs `step` unless its stamp says that it has already succeeded for the same inputs. */
async function once(name, inputs, step) {
  const stamp = join(cache, `${name}.stamp`)
  const missing = name === 'build' && workspacePackages().some(p => !existsSync(join(p.directory, 'dist')))
  if (!missing && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return
  const started = performance.now()
  console.log(`setup: ${name} …`)
  await step()
  mkdirSync(cache, { recursive: true })
  writeFileSync(stamp, inputs)
  console.log(`setup: ${name} done in ${seconds(started)}`)
}

async function install() {
  const { packageManager } = readJson(join(root, 'package.json'))
  const args = ['--yes', packageManager, 'install', '--frozen-lockfile']
  // On Windows npx is a .cmd, which only a shell can start.
  const { code } = await run('npx', args, { env: environment, shell: process.platform === 'win32' })
  if (code !== 0) throw new Error(`"npx ${args.join(' ')}" ended with ${code}`)
}

function installInputs() {
  return digest(`${process.platform}-${process.arch}`, ['pnpm-lock.yaml', 'pnpm-workspace.yaml'])
}

/** By content, not by time: a checkout touches files without changing them. */
function buildInputs() {
  const files = [
    'tsup.config.ts',
    'scripts/build.mjs',
    ...readdirSync(root).filter(f => /^tsconfig.*\.json$/.test(f)),
  ]
  for (const { directory } of workspacePackages()) {
    for (const name of readdirSync(directory))
      if (/\.(json|mjs)$/.test(name)) files.push(join(directory, name))
    const sources = join(directory, 'src')
    for (const entry of existsSync(sources)
      ? readdirSync(sources, { recursive: true, withFileTypes: true })
      : []) {
      if (entry.isFile() && !entry.name.endsWith('.test.ts')) files.push(join(entry.parentPath, entry.name))
    }
  }
  return digest('', files)
}

function digest(salt, files) {
  const hash = createHash('sha256').update(salt)
  for (const file of files.sort()) {
    const path = file.startsWith(root) ? file : join(root, file)
    hash.update(`\0${path.slice(root.length)}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await setup()
  } catch (error) {
    console.error(`setup: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}
