import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { type Config, limitNames } from './config.js'
import { type ConfigFlags, type FoundConfig, findConfig } from './find-config.js'

/** Commands that run one program in one tier: `test` runs all, and says so. */
const tierCommands: ReadonlySet<string> = new Set(['run', 'eval', 'repl'])

/** Commands that work whatever the files say: one of them tells what is wrong with them. */
const independent: ReadonlySet<string> = new Set(['doctor', 'completion'])

/** Sets flags that the command line left out to what configuration files say. Flags and `RTFS_HOME` count more. */
export async function applyConfig(command: Command, io: Io): Promise<void> {
  if (independent.has(command.name())) return
  for (const found of await findConfig(command.optsWithGlobals<ConfigFlags>(), io)) {
    for (const [name, value] of valuesOf(found, command, io)) setUnlessGiven(command, name, value)
  }
}

function* valuesOf({ file, config }: FoundConfig, command: Command, io: Io): Iterable<[string, unknown]> {
  const { dir, offline, tier, allow, limits = {} }: Config = config
  if (dir !== undefined && !io.env['RTFS_HOME']) yield ['dir', resolve(dirname(file), dir)]
  if (offline === true) yield ['offline', true]
  if (tier !== undefined && tierCommands.has(command.name())) yield ['tier', tier]
  if (allow !== undefined) yield ['allow', allow]
  for (const name of limitNames) {
    const limit = limits[name]
    if (limit !== undefined) yield [`max${name[0]!.toUpperCase()}${name.slice(1)}`, String(limit)]
  }
}

/** On the command, or the one above it, that has the flag; on none when neither has. */
function setUnlessGiven(command: Command, name: string, value: unknown): void {
  for (let each: Command | null = command; each !== null; each = each.parent) {
    if (!each.options.some(option => option.attributeName() === name)) continue
    const source = each.getOptionValueSource(name)
    if (source === undefined || source === 'default') each.setOptionValueWithSource(name, value, 'config')
    return
  }
}
