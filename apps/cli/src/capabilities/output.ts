import { displayValue, unknownCapability, type Value } from '@rtfs/core'
import type { Host } from '@rtfs/interfaces'
import type { CapabilityTable } from '@rtfs/runtime'

/** Where the output of a program goes. */
export type Sink = (text: string) => void

/** Capabilities that need no grant: printing and logging. The runtime counts their bytes against the limit. */
export const outputIds: readonly string[] = ['ccos.io.print', 'ccos.io.println', 'ccos.io.log']

/** Printing and logging to a sink. */
export function outputCapabilities(sink: Sink): CapabilityTable {
  const line = (args: readonly Value[]): null => {
    sink(`${texts(args)}\n`)
    return null
  }
  return {
    'ccos.io.print': args => {
      sink(texts(args))
      return null
    },
    'ccos.io.println': line,
    'ccos.io.log': line,
  }
}

/** A host that writes `log-step` records to a sink, and has nothing else. */
export function loggingHost(sink: Sink): Host {
  return {
    hasCapability: () => false,
    executeCapability: id => {
      throw unknownCapability(id)
    },
    log: (level, values) => sink(`[${level}] ${texts(values)}\n`),
  }
}

function texts(values: readonly Value[]): string {
  return values.map(value => displayValue(value)).join(' ')
}
