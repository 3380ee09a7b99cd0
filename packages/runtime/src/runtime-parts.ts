import { defaultLimits, keyword, type Limits, RtfsMap } from '@rtfs/core'
import type { Clock } from '@rtfs/interfaces'
import { contextHash, grantsHash } from './delegation/fingerprint.js'
import type { DelegationOptions } from './delegation/options.js'
import type { BoundaryOptions } from './host/boundary.js'
import { Capabilities, type Models } from './host/capabilities.js'
import { Performer } from './host/performer.js'
import { Grants } from './host/security.js'
import { requireTimeout } from './host/time-limit.js'
import { ModuleFiles } from './modules/module-files.js'
import type { RuntimeOptions } from './options.js'

/** What the options of a runtime become, shared by all its sessions. */
export interface RuntimeParts {
  readonly options: RuntimeOptions
  readonly clock: Clock
  readonly limits: Limits
  readonly boundary: BoundaryOptions
  /** Texts of modules, parsed once. */
  readonly files: ModuleFiles
  /** What delegation knows of the runtime: level, grants, limits, task. */
  readonly contextHash: string
}

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

export function partsOf(options: RuntimeOptions): RuntimeParts {
  const clock = options.clock ?? systemClock
  requireTimeout(options.capabilityTimeoutMs, 'capabilityTimeoutMs')
  const limits = { ...defaultLimits, ...options.limits }
  const grants = new Grants(options.security)
  const { host, capabilities, delegation, taskContext } = options
  const { level, allowed } = grants
  const taskId = taskContext instanceof RtfsMap ? (taskContext.get(keyword('id')) ?? null) : null
  return {
    options,
    clock,
    limits,
    boundary: {
      grants,
      performer: new Performer(new Capabilities(capabilities, host, clock, modelsOf(delegation, grants))),
      securityContext: level,
      causalContext: options.causalContext ?? {},
      timeoutMs: options.capabilityTimeoutMs,
      releasedBy: new Map(Object.entries(options.resourceTypes ?? { FileHandle: 'ccos.io.close-file' })),
    },
    files: new ModuleFiles(options.modules),
    contextHash: contextHash({ level, allowed, limits, taskId, tenant: delegation?.tenant }),
  }
}

function modelsOf(delegation: DelegationOptions | undefined, grants: Grants): Models | undefined {
  const { models, tenant, onAnswer, dataClass } = delegation ?? {}
  if (models === undefined) return undefined
  const policy = `${grantsHash(grants.level, grants.allowed)}${dataClass === undefined ? '' : ` ${dataClass}`}`
  return {
    find: id => models.find(id),
    scope: { policy, ...(tenant === undefined ? {} : { tenant }) },
    onAnswer,
  }
}
