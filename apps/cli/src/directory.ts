import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CommonFlags } from './flags.js'
import type { Io } from './io.js'

/** Where cache, keys and journal live: `--dir`, else `RTFS_HOME`, else `rtfs` in the XDG data directory. */
export function directoryOf({ dir }: CommonFlags, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  const named = [dir, env['RTFS_HOME']].find(each => each !== undefined && each !== '')
  if (named !== undefined) return resolve(cwd, named)
  const data = env['XDG_DATA_HOME']
  return join(
    data !== undefined && data !== '' ? data : join(env['HOME'] ?? homedir(), '.local', 'share'),
    'rtfs',
  )
}
