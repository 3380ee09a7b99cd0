import type { CapabilitySchema } from '@rtfs/interfaces'

/** Labels by the beginning of a capability id, the first that fits (LANGUAGE §15.2). */
const labelsByPrefix: readonly (readonly [string, readonly string[]])[] = [
  ['ccos.io.log', [':compute']],
  ['ccos.io.print', [':compute']],
  ['ccos.json.', [':compute']],
  ['ccos.io.', [':filesystem']],
  ['ccos.network.', [':network']],
  ['ccos.system.', [':system']],
  ['ccos.ai.', [':ai']],
  ['ccos.agent.', [':agent']],
  ['ccos.user.', [':io', ':user-interaction']],
]

/** What kinds of effects a capability has: as its schema says, else by its id, else `:unknown`. */
export function effectLabels(capability: string, schema: CapabilitySchema | undefined): readonly string[] {
  if (schema?.effects !== undefined) {
    return schema.effects.map(text => (text.startsWith(':') ? text : `:${text}`).toLowerCase())
  }
  return labelsByPrefix.find(([prefix]) => capability.startsWith(prefix))?.[1] ?? [':unknown']
}
