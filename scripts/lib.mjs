// Shared by the scripts. Only Node's own modules: these run before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Where stamps, packed tarballs and test reports go; removed together with node_modules. */
export const cache = join(root, 'node_modules', '.cache', 'rtfs')

/** Neither turbo nor anything else may call out while the project is set up or tested. */
export const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }

export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Every workspace package: `{ directory, manifest }`, packages before apps, sorted by name. */
export function workspacePackages() {
  return ['packages', 'apps'].flatMap(group =>
    readdirSync(join(root, group))
      .sort()
      .map(name => join(root, group, name))
      .filter(directory => existsSync(join(directory, 'package.json')))
      .map(directory => ({ directory, manifest: readJson(join(directory, 'package.json')) })),
  )
}

/** The script behind a command of an installed development dependency, to be run with this Node: no shell, no PATH. */
export function binary(packageName, command = packageName) {
  const directory = join(root, 'node_modules', packageName)
  const { bin } = readJson(join(directory, 'package.json'))
  return join(directory, typeof bin === 'string' ? bin : bin[command])
}

/**
 * Runs a command. The default passes its output through; with `capture` it is kept and returned.
 * Resolves to `{ code, output }`: a command that fails is an answer, not an exception.
 */
export function run(command, args, { cwd = root, env = environment, capture = false, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      shell,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', text => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 1, output: signal ? `${output}\n(ended by ${signal})` : output })
    })
  })
}

export function runNode(script, args, options) {
  return run(process.execPath, [script, ...args], options)
}

/** Runs `task` over `items`, at most `limit` at once, and keeps the order of the results. */
export async function mapLimited(items, limit, task) {
  const results = new Array(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await task(items[index])
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
