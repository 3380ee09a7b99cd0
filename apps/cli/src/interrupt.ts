import { Script } from 'node:vm'
import { RtfsError } from '@rtfs/core'

const slot = Symbol.for('rtfs.cli.interruptible')

type Holder = { [slot]?: (() => void) | undefined }

let script: Script | undefined

/**
 * Does synchronous work so that Ctrl-C ends it, also work that never comes back: a handler of the signal would have
 * to wait for it. Throws `RTFS_ABORTED` then. Node loses a signal that comes in the very moment in which the work ends
 * (its watcher has gone, the handlers are not back); whoever presses Ctrl-C again is heard.
 */
export function interruptible<T>(work: () => T): T {
  script ??= new Script(`globalThis[Symbol.for('rtfs.cli.interruptible')]()`)
  const holder = globalThis as Holder
  const done: T[] = []
  holder[slot] = () => {
    done.push(work())
  }
  try {
    script.runInThisContext({ breakOnSigint: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw cause
    throw new RtfsError('RTFS_ABORTED', 'interrupted', { cause })
  } finally {
    holder[slot] = undefined
  }
  return done[0] as T
}
