import type { CapabilityDefinition, CapabilityFunction, CapabilityTable, RuntimeOptions } from '@rtfs/runtime'
import { UsageError } from '../failure.js'
import type { Grant } from '../flags.js'
import type { LineInput } from './input.js'
import { loggingHost, outputCapabilities, outputIds, type Sink } from './output.js'
import type { CapabilityFamily, Scopes } from './scopes.js'

/** What programs may reach: options of a runtime. */
export interface Reach extends Pick<RuntimeOptions, 'security' | 'capabilities' | 'host'> {
  /** True when a capability may answer later, so that the program cannot run in one go. */
  readonly waits: boolean
}

export interface ReachOptions {
  /** Where printing and logging go. */
  readonly sink: Sink
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Directory of cache, keys, journals and stores. */
  readonly dir: string
  /** What programs may read from. Default: nothing, where standard input is the command's own. */
  readonly input?: { readonly lines: LineInput; readonly prompt: Sink }
  /** Never leave the machine, whatever is granted. */
  readonly offline: boolean
}

type CapabilityEntry = CapabilityFunction | CapabilityDefinition

interface FamilyRow {
  readonly ids: readonly string[]
  readonly waits: boolean
  readonly load: (options: ReachOptions) => Promise<CapabilityFamily>
}

const storeIds = ['get', 'put', 'assoc', 'dissoc', 'conj'].map(name => `ccos.state.kv.${name}`)

/** Capabilities of this command. Each family is loaded when one of them is granted. */
const families: readonly FamilyRow[] = [
  {
    ids: ['read-file', 'read-lines', 'write-file', 'delete-file', 'file-exists'].map(
      name => `ccos.io.${name}`,
    ),
    waits: false,
    load: async () => (await import('./files.js')).fileCapabilities,
  },
  {
    ids: ['open-file', 'read-line', 'write-line', 'close-file'].map(name => `ccos.io.${name}`),
    waits: false,
    load: async () => (await import('./file-handles.js')).fileHandleCapabilities,
  },
  {
    ids: ['ccos.io.read-input', 'ccos.user.ask'],
    waits: true,
    load: async ({ input }) => {
      if (input === undefined) return () => ({})
      return (await import('./input.js')).inputCapabilities(input.lines, input.prompt)
    },
  },
  {
    ids: storeIds,
    waits: false,
    load: async () => (await import('./stores.js')).storeCapabilities,
  },
  {
    ids: ['ccos.system.get-env'],
    waits: false,
    load: async () => (await import('./system.js')).environmentCapabilities,
  },
  {
    ids: ['ccos.random.float', 'ccos.random.int', 'ccos.random.uuid'],
    waits: false,
    load: async () => (await import('./system.js')).randomCapabilities,
  },
  {
    ids: ['ccos.system.sleep-ms'],
    waits: true,
    load: async () => (await import('./system.js')).sleepCapabilities,
  },
  {
    ids: ['ccos.network.http-fetch'],
    waits: true,
    load: async () => (await import('./http.js')).httpCapabilities,
  },
]

/** Answered by the runtime from its clock. */
const clockIds = ['ccos.system.current-time', 'ccos.system.current-timestamp-ms']

/** Ids by their last part, so that `--allow read-file=DIR` is enough. */
const shortNames: ReadonlyMap<string, string> = new Map(
  [...outputIds, ...clockIds, ...families.flatMap(family => family.ids)].map(id => {
    return [/(kv\.)?[^.]*$/.exec(id)![0], id]
  }),
)

/** What a grant brings with it: an open file may be read and closed, a store is read and written. */
const together: ReadonlyMap<string, readonly string[]> = new Map([
  ['ccos.io.open-file', ['ccos.io.open-file', 'ccos.io.read-line', 'ccos.io.close-file']],
  ['kv', storeIds],
])

/** Doing them once more changes nothing, so that a run that was killed in the midst of one may go on. */
const idempotentIds: ReadonlySet<string> = new Set([
  'ccos.io.read-file',
  'ccos.io.read-lines',
  'ccos.io.write-file',
  'ccos.io.file-exists',
  'ccos.state.kv.get',
  'ccos.state.kv.put',
  'ccos.state.kv.assoc',
  'ccos.state.kv.dissoc',
  'ccos.system.get-env',
  'ccos.system.sleep-ms',
  'ccos.random.float',
  'ccos.random.int',
  'ccos.random.uuid',
])

/** The full id of a capability that may be named by its last part. */
export function fullId(capability: string): string {
  return shortNames.get(capability) ?? capability
}

/** Capabilities for grants, in addition to printing and logging. */
export async function openReach(grants: readonly Grant[], options: ReachOptions): Promise<Reach> {
  const scopes = scopesByCapability(grants)
  const { sink, cwd, env, dir, offline } = options
  const context = {
    scopesOf: (id: string) => scopes.get(id),
    isGranted: (id: string) => scopes.has(id),
    cwd,
    env,
    dir,
  }
  let capabilities: CapabilityTable = outputCapabilities(sink)
  let waits = false
  for (const family of families) {
    if (!family.ids.some(id => scopes.has(id))) continue
    const make = await family.load(options)
    capabilities = { ...capabilities, ...make(context) }
    waits ||= family.waits
  }
  return {
    waits,
    capabilities: declareIdempotent(capabilities),
    host: loggingHost(sink),
    security: {
      level: 'controlled',
      allowedCapabilities: [...outputIds, ...scopes.keys()],
      ...(offline ? { deniedEffects: [':network'] } : {}),
    },
  }
}

function declareIdempotent(capabilities: CapabilityTable): CapabilityTable {
  const entries = Object.entries(capabilities as Readonly<Record<string, CapabilityEntry>>)
  return new Map(
    entries.map(([id, entry]) => {
      const definition = typeof entry === 'function' ? { execute: entry } : entry
      return [id, idempotentIds.has(id) ? { ...definition, idempotent: true } : definition]
    }),
  )
}

/** A program works with one store. */
function checkStore(id: string, scopes: Scopes): void {
  const [name, other] = new Set(scopes)
  if (other !== undefined) throw new UsageError(`--allow ${id} names two stores: ${name} and ${other}`)
  if (name === undefined || /^[A-Za-z0-9_-]{1,64}$/.test(name)) return
  throw new UsageError(`--allow ${id}=STORE: a store has up to 64 of A-Z a-z 0-9 _ -, not '${name}'`)
}

/** Several grants of one capability add up; one without a scope lifts the limit. */
function scopesByCapability(grants: readonly Grant[]): ReadonlyMap<string, Scopes> {
  const scopes = new Map<string, Scopes>()
  for (const { capability, scope } of grants) {
    const id = fullId(capability)
    if (id === 'ccos.network.http-fetch' && scope === undefined) {
      throw new UsageError(`--allow ${capability}=HOST names the host, or * for the public internet`)
    }
    for (const each of together.get(id) ?? [id]) {
      const before = scopes.has(each) ? scopes.get(each) : []
      scopes.set(each, scope === undefined || before === undefined ? undefined : [...before, scope])
    }
  }
  for (const id of storeIds) checkStore(id, scopes.get(id))
  return scopes
}
