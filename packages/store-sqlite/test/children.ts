import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Beside the packages that the bundle leaves out, so that Node finds them. */
const output = join(here, '..', 'node_modules', '.cache', `rtfs-test-${process.pid}`)

/** Bundles a TypeScript file so that a child process can run it. The path of the bundle. */
export async function bundleChild(name: string): Promise<string> {
  mkdirSync(output, { recursive: true })
  const outfile = join(output, `${name}.mjs`)
  await build({
    entryPoints: [join(here, `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@rtfs/source'],
    external: ['@photostructure/sqlite'],
    logLevel: 'silent',
  })
  return outfile
}

export function removeBundles(): void {
  rmSync(output, { recursive: true, force: true })
}

export interface Child {
  readonly process: ChildProcess
  /** What it has written so far; half a line at the end is left out. */
  lines(): readonly string[]
  readonly ended: Promise<{
    readonly code: number | null
    readonly lines: readonly string[]
    readonly errors: string
  }>
}

export function startChild(
  script: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly onLine?: () => void } = {},
): Child {
  const { env, onLine } = options
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Some versions of Node say that their SQLite is experimental.
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
  })
  let text = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk
    onLine?.()
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    errors += chunk
  })
  const lines = () => text.split('\n').slice(0, -1)
  const ended = new Promise<Awaited<Child['ended']>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, lines: lines(), errors }))
  })
  return { process: child, lines, ended }
}
