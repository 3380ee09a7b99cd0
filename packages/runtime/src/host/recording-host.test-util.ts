import { displayValue, type Value } from '@rtfs/core'
import type { Host } from '@rtfs/interfaces'

/** A host that notes what it is told, in order. */
export function recordingHost(more: Partial<Host> = {}): { readonly host: Host; readonly log: string[] } {
  const log: string[] = []
  const show = (values: readonly Value[]) => values.map(value => displayValue(value)).join(' ')
  let steps = 0
  const host: Host = {
    executeCapability: (id, args) => {
      log.push(`${id} ${show(args)}`.trim())
      return null
    },
    log: (level, values, location) =>
      void log.push(`log ${level} ${show(values)} ${location?.line}:${location?.column}`),
    notifyStepStarted: name => {
      log.push(`start ${name}`)
      return `s${++steps}`
    },
    notifyStepCompleted: (id, value) => void log.push(`done ${id} ${show([value])}`),
    notifyStepFailed: (id, error) => void log.push(`failed ${id} ${show([error])}`),
    releaseResource: handle => void log.push(`release ${show([handle])}`),
    registerObject: object => void log.push(`object ${show([object])}`),
    prepareExecution: () => void log.push('prepare'),
    cleanupExecution: () => void log.push('cleanup'),
    ...more,
  }
  return { host, log }
}

/** Resolves after the tasks that are due now. */
export const soon = <T>(value: T): Promise<T> => new Promise(resolve => setTimeout(() => resolve(value), 1))
