import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { reasonOf } from '@rtfs/sdk/files'
import { UsageError } from '../failure.js'
import type { Io } from '../io.js'
import { type Config, type ConfigOrigin, readConfig } from './config.js'

/** Flags that say which configuration is used. */
export interface ConfigFlags {
  /** A file instead of those that are looked for; `false`: none. */
  readonly config?: string | false | undefined
}

/** A configuration file that is in force. */
export interface FoundConfig {
  readonly file: string
  readonly origin: ConfigOrigin
  readonly config: Config
}

/**
 * The configuration files in force, the one that counts most first: `rtfs.toml` of the current directory or the nearest
 * one above it (not above the home directory), then the person's own `rtfs/config.toml` in the XDG configuration
 * directory. `--config FILE` stands for both; it is the person's choice, so it may say everything. Throws UsageError for
 * a file that says something wrong, `RTFS_STORE_IO` for one that cannot be read.
 */
export async function findConfig({ config }: ConfigFlags, io: Io): Promise<readonly FoundConfig[]> {
  if (config === false) return []
  if (config !== undefined) return [await load(resolve(io.cwd, config), 'user')]
  const home = io.env['HOME'] || homedir()
  const project = nearest('rtfs.toml', io.cwd, home)
  const own = join(io.env['XDG_CONFIG_HOME'] || join(home, '.config'), 'rtfs', 'config.toml')
  return [
    ...(project === undefined ? [] : [await load(project, 'project')]),
    ...(existsSync(own) ? [await load(own, 'user')] : []),
  ]
}

/** The file of that name in a directory or the nearest one above it, `last` being the last that is looked into. */
function nearest(name: string, directory: string, last: string): string | undefined {
  const file = join(directory, name)
  if (existsSync(file)) return file
  const parent = dirname(directory)
  return directory === last || parent === directory ? undefined : nearest(name, parent, last)
}

async function load(file: string, origin: ConfigOrigin): Promise<FoundConfig> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new RtfsError('RTFS_STORE_IO', `cannot read ${file}: ${reasonOf(cause)}`, { cause })
  }
  return { file, origin, config: readConfig(await readToml(file, text), file, origin) }
}

async function readToml(file: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  // Loaded when there is something to read: every command comes by here.
  const { parse, TomlError } = await import('smol-toml')
  try {
    return parse(text)
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const [reason = ''] = cause.message.split('\n')
    const said = reason.replace('Invalid TOML document: ', '')
    throw new UsageError(`${file}:${cause.line}:${cause.column}: ${said}`)
  }
}
