import { isRtfsError, securityViolation } from '@rtfs/core'
import type { IsolatedCall } from '@rtfs/interfaces'
import type { Recorded, Reply } from './protocol.js'
import { fromWire, toWire } from './wire.js'
import { errorToWire } from './wire-error.js'

/** Performs an effect for the code; what it throws is an error of the language for it, as in any tier. */
export async function performEffect(
  { capability, args }: Extract<Reply, { kind: 'effect' }>,
  { perform }: IsolatedCall,
): Promise<Recorded> {
  try {
    if (perform === undefined) throw securityViolation('call', capability, 'isolation')
    return { capability, value: toWire(await perform(capability, args.map(fromWire))) }
  } catch (error) {
    if (!isRtfsError(error) || error.value === undefined || error.fatal) throw error
    return { capability, error: errorToWire(error) }
  }
}
