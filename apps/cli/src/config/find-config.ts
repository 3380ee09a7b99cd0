import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { reasonOf } from '@rtfs/sdk/files'
import { lilconfig } from 'lilconfig'
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
 * one above it, then the person's own `rtfs/config.toml` in the XDG configuration directory. `--config FILE` stands for
 * both; it is the person's choice, so it may say everything. Throws UsageError for a file that says something wrong.
 */
export async function findConfig({ config }: ConfigFlags, io: Io): Promise<readonly FoundConfig[]> {
  if (config === false) return []
  if (config !== undefined) return [await load(resolve(io.cwd, config), 'user')]
  const home = io.env['HOME'] ?? homedir()
  const found = await searcher(home).search(io.cwd)
  const project = found === null ? [] : [accept(found, 'project')]
  const directory = join(io.env['XDG_CONFIG_HOME'] || join(home, '.config'), 'rtfs')
  const own = await searcher(directory, 'config.toml').search(directory)
  return own === null ? project : [...project, accept(own, 'user')]
}

async function load(file: string, origin: ConfigOrigin): Promise<FoundConfig> {
  try {
    return accept((await searcher('').load(file))!, origin)
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new RtfsError('RTFS_STORE_IO', `cannot read ${file}: ${reasonOf(cause)}`, { cause })
  }
}

/** The nearest file of one name, from a directory upwards, `stopDir` being the last. */
function searcher(stopDir: string, name = 'rtfs.toml') {
  const loaders = { '.toml': readToml, noExt: readToml }
  const options = {
    searchPlaces: [name],
    loaders,
    stopDir,
    cache: false,
    ignoreEmptySearchPlaces: false,
  }
  return lilconfig('rtfs', options)
}

function accept(
  { config, filepath, isEmpty }: { config: unknown; filepath: string; isEmpty?: boolean },
  origin: ConfigOrigin,
) {
  const table = isEmpty === true ? {} : (config as Readonly<Record<string, unknown>>)
  return { file: filepath, origin, config: readConfig(table, filepath, origin) }
}

async function readToml(file: string, content: string): Promise<unknown> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    return parse(content)
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const [reason = cause.message] = cause.message.split('\n')
    throw new UsageError(
      `${file}:${cause.line}:${cause.column}: ${reason.replace('Invalid TOML document: ', '')}`,
    )
  }
}
