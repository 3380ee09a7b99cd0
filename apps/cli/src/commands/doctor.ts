import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createRuntime } from '@rtfs/runtime'
import { bytecode } from '../bytecode.js'
import { type ConfigFlags, findConfig } from '../config/find-config.js'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { printJson } from '../report.js'
import { version } from '../version.js'

/** Something that was looked at. */
interface Finding {
  readonly what: string
  readonly state: 'ok' | 'note' | 'bad'
  readonly found: string
  /** How to mend it. */
  readonly mend?: string
}

/** Looks whether everything is there that commands need, and says how to mend what is not. Changes nothing. */
export async function doctorCommand(flags: CommonFlags & ConfigFlags, io: Io): Promise<ExitCode> {
  const { dir, finding: config } = await configuration(flags, io)
  const directory = directoryOf({ ...flags, dir: flags.dir ?? (io.env['RTFS_HOME'] ? undefined : dir) }, io)
  const findings = [
    { what: 'rtfs', state: 'ok', found: version() } as const,
    node(),
    config,
    ...(await tiers()),
    folder(directory),
    ...(await store(directory)),
    await nativeIndex(),
  ]
  const ok = findings.every(({ state }) => state !== 'bad')
  if (flags.json === true) printJson({ ok, directory, findings }, io)
  else {
    for (const { what, state, found, mend } of findings) {
      io.out(`${mark(state, io.color)} ${what.padEnd(10)} ${found}\n`)
      if (mend !== undefined) io.out(`${' '.repeat(state.length + 12)}${mend}\n`)
    }
    io.out(ok ? 'everything that is needed works\n' : 'something needs mending\n')
  }
  return ok ? exitCodes.done : exitCodes.environment
}

function mark(state: Finding['state'], color: boolean): string {
  const codes = { ok: '32', note: '33', bad: '31' }
  return color ? `\u001b[${codes[state]}m${state}\u001b[0m` : state
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < 20 || (major === 20 && minor < 19)
  const found = `${process.version} on ${process.platform} ${process.arch}`
  return isOld
    ? { what: 'Node', state: 'bad', found, mend: 'install Node 20.19 or newer' }
    : { what: 'Node', state: 'ok', found }
}

/** The files in force, and the directory that they name. */
async function configuration(
  flags: ConfigFlags,
  io: Io,
): Promise<{ readonly finding: Finding; readonly dir: string | undefined }> {
  const what = 'config'
  try {
    const found = await findConfig(flags, io)
    const own = found.find(({ config }) => config.dir !== undefined)
    const text = found.map(({ file }) => file).join(', ') || 'no rtfs.toml, no config.toml of your own'
    return {
      finding: { what, state: 'ok', found: text },
      dir: own && resolve(dirname(own.file), own.config.dir!),
    }
  } catch (error) {
    const mend = 'mend the file, or leave it out with --no-config'
    return { finding: { what, state: 'bad', found: messageOf(error), mend }, dir: undefined }
  }
}

/** Every tier computes something. */
async function tiers(): Promise<readonly Finding[]> {
  const runtime = createRuntime({ bytecode: await bytecode() })
  return (['ast', 'ir', 'wasm'] as const).map(tier => {
    try {
      const { value } = runtime.runSync('(reduce + 0 (map inc [1 2 3]))', { tier })
      if (value === 9) return { what: `tier ${tier}`, state: 'ok', found: 'computes' }
      return {
        what: `tier ${tier}`,
        state: 'bad',
        found: `gives ${String(value)} for 9`,
        mend: 'report this',
      }
    } catch (error) {
      return { what: `tier ${tier}`, state: 'bad', found: messageOf(error), mend: 'install rtfs again' }
    }
  })
}

function folder(directory: string): Finding {
  const what = 'directory'
  if (!existsSync(directory)) {
    return {
      what,
      state: 'note',
      found: `${directory} is not there yet`,
      mend: 'it is made when it is needed',
    }
  }
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return { what, state: 'ok', found: directory }
  } catch (error) {
    const mend = `make it yours (chmod u+rwx ${directory}), or name another one with --dir`
    return { what, state: 'bad', found: `${directory}: ${messageOf(error)}`, mend }
  }
}

async function store(directory: string): Promise<readonly Finding[]> {
  if (!existsSync(join(directory))) return []
  const { createRtfs } = await import('@rtfs/sdk')
  const rtfs = createRtfs({ dir: directory })
  try {
    const cache = await rtfs.cache()
    const { records } = (await cache.stats()) as { readonly records?: number }
    const found = records === undefined ? 'opens' : `opens, ${records} modules`
    return [{ what: 'cache', state: 'ok', found }]
  } catch (error) {
    const mend = `'rtfs l4 verify' says more; a copy of ${dirname(directory)} keeps what is there`
    return [{ what: 'cache', state: 'bad', found: messageOf(error), mend }]
  } finally {
    await rtfs.close()
  }
}

async function nativeIndex(): Promise<Finding> {
  const what = 'hnsw index'
  try {
    // Optional: a name that nothing resolves at build time.
    const name = 'hnswlib-node'
    await import(name)
    return { what, state: 'ok', found: 'there' }
  } catch {
    return { what, state: 'ok', found: 'not installed; the exact index is used' }
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*[\r\n]+\s*/g, ' ')
}
