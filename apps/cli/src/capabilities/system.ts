import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { float, invalidArgument, parseUuid, type Value } from '@rtfs/core'
import { type CapabilityFamily, outOfScope } from './scopes.js'

/** The longest that `sleep-ms` waits. */
const maxSleep = 2 ** 31 - 1

/** Variables of the environment whose names begin with a scope. Those of the clock are the runtime's own. */
export const environmentCapabilities: CapabilityFamily = ({ scopesOf, env }) => ({
  'ccos.system.get-env': ([name]) => {
    if (typeof name !== 'string') throw invalidArgument('the name of a variable is a string')
    const scopes = scopesOf('ccos.system.get-env')
    if (scopes?.some(prefix => name.startsWith(prefix)) === false) {
      throw outOfScope('ccos.system.get-env', `variable ${name}`, scopes)
    }
    return (Object.hasOwn(env, name) ? env[name] : undefined) ?? null
  },
})

/** Randomness from the system's source. */
export const randomCapabilities: CapabilityFamily = () => ({
  'ccos.random.float': () => float(randomInt(2 ** 48 - 1) / 2 ** 48),
  'ccos.random.int': ([bound]) => randomBelow(bound),
  'ccos.random.uuid': () => parseUuid(randomUUID()),
})

/** Waiting. */
export const sleepCapabilities: CapabilityFamily = () => ({
  'ccos.system.sleep-ms': ([milliseconds], _call, { signal }) => {
    if (typeof milliseconds !== 'number' || milliseconds < 0 || milliseconds > maxSleep) {
      throw invalidArgument(`sleep-ms takes a number of milliseconds from 0 to ${maxSleep}`)
    }
    return wait(milliseconds, null, signal === undefined ? {} : { signal })
  },
})

/** An integer in `[0, bound)`. Larger bounds than `randomInt` takes are put together of two draws. */
function randomBelow(bound: Value | undefined): number {
  if (typeof bound !== 'number' || bound < 1) {
    throw invalidArgument('rand-int takes an integer of at least 1')
  }
  if (bound < 2 ** 48) return randomInt(bound)
  for (;;) {
    const drawn = randomInt(2 ** 27) * 2 ** 26 + randomInt(2 ** 26)
    if (drawn < bound) return drawn
  }
}
