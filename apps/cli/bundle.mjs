// Makes `dist/rtfs.cjs`, the whole command in one file whose modules are evaluated when they are first needed, and the
// code that V8 compiles of it (docs/adr/0016). `scripts/build.mjs` calls this after everything else.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = dirname(fileURLToPath(import.meta.url))
const dist = join(home, 'dist')

/** Native and optional: found, or not, when a store asks for them. */
const external = ['@photostructure/sqlite', 'hnswlib-node']

export async function bundle() {
  const { build } = createRequire(join(home, '../../package.json'))('esbuild')
  // V8 knows a bundle by its length only: no code of another one may stay beside it.
  for (const name of readdirSync(dist)) if (name.endsWith('.cache')) rmSync(join(dist, name))
  await build({
    entryPoints: [join(home, 'src/run-process.ts')],
    outfile: join(dist, 'rtfs.cjs'),
    absWorkingDir: home,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Sources, so that the bundle does not depend on what is built first.
    conditions: ['@rtfs/source'],
    external,
    // A script that is compiled by hand has no `import()` of its own; `require` it has.
    supported: { 'dynamic-import': false },
    charset: 'ascii',
    minifySyntax: true,
    minifyWhitespace: true,
    // A third less text to read. Nothing here asks a function or class for its name.
    minifyIdentifiers: true,
    logLevel: 'error',
    plugins: [
      { name: 'own-urls', setup: ownUrls },
      { name: 'lazy-processes', setup: lazyProcesses },
    ],
  })
  copyFileSync(join(home, 'launcher.cjs'), join(dist, 'main.cjs'))
  chmodSync(join(dist, 'main.cjs'), 0o755)
  const made = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`the code cache was not made: ${made.stderr}`)
}

/** Hash of all that a bundle may be made of: sources of the workspace, and the versions of everything else. */
function sourceHash() {
  const root = join(home, '../..')
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')))
  for (const group of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, group)).sort()) {
      const sources = join(root, group, name, 'src')
      if (!existsSync(sources)) continue
      for (const file of readdirSync(sources, { recursive: true }).sort()) {
        if (file.endsWith('.ts') && !/\.test(-util)?\.ts$/.test(file)) {
          hash.update(`${group}/${name}/${file}\0`).update(readFileSync(join(sources, file)))
        }
      }
    }
  }
  return hash.digest('hex')
}

/** A file that asks where it is gets the place of its package's entry: that is where it would be, unbundled. */
function ownUrls({ onLoad }) {
  onLoad({ filter: /(packages|apps)[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    if (!text.includes('import.meta.url')) return undefined
    const manifest = JSON.parse(
      readFileSync(join(/^.*?[\\/](?=src[\\/])/.exec(path)[0], 'package.json'), 'utf8'),
    )
    // The one thing that the command itself looks for beside it is its version.
    if (manifest.name === 'rtfs') {
      const contents = `export const version = () => ${JSON.stringify(manifest.version)}
        export const buildId = () => ${JSON.stringify(sourceHash())}`
      return { contents, loader: 'js' }
    }
    const url = `require('node:url').pathToFileURL(require.resolve(${JSON.stringify(manifest.name)})).href`
    return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' }
  })
}

/** Commander starts other programs for commands that are files, which ours are not: what that takes stays unloaded. */
function lazyProcesses({ onLoad }) {
  onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    const line = "const childProcess = require('node:child_process');"
    if (!text.includes(line)) throw new Error('commander loads node:child_process in another way')
    const lazy = "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };"
    return { contents: text.replace(line, lazy), loader: 'js' }
  })
}

/** In a process of its own: what a usual command has compiled goes into the cache. */
async function makeCache() {
  const { Script } = await import('node:vm')
  const text = readFileSync(join(dist, 'rtfs.cjs'), 'latin1')
  const script = new Script(`(function (module, require) {${text}\n})`, {
    filename: join(dist, 'rtfs.cjs'),
  })
  const module = { exports: {} }
  script.runInThisContext()(module, createRequire(join(dist, 'main.cjs')))
  process.stdout.write = () => true
  await module.exports.runProcess(['eval', '(+ 1 2)'])
  const name = `rtfs-${process.versions.v8}-${process.arch}.cache`
  writeFileSync(join(dist, name), script.createCachedData())
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await makeCache()
