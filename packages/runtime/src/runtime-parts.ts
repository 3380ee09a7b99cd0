import { defaultLimits, keyword, type Limits, RtfsMap } from '@rtfs/core'
import type { Clock } from '@rtfs/interfaces'
import { contextHash } from './delegation/fingerprint.js'
import type { BoundaryOptions } from './host/boundary.js'
import { Capabilities } from './host/capabilities.js'
import { Performer } from './host/performer.js'
import { Grants } from './host/security.js'
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
      performer: new Performer(new Capabilities(capabilities, host, clock, delegation?.models)),
      securityContext: level,
      causalContext: options.causalContext ?? {},
      timeoutMs: options.capabilityTimeoutMs,
      releasedBy: new Map(Object.entries(options.resourceTypes ?? { FileHandle: 'ccos.io.close-file' })),
    },
    files: new ModuleFiles(options.modules),
    contextHash: contextHash({ level, allowed, limits, taskId }),
  }
}
