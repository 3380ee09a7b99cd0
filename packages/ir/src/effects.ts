import { type Diagnostic, diagnostic, Keyword, RtfsSequence, type Value } from '@rtfs/core'
import { forEachChild } from './children.js'
import { sortedEffects } from './interface-hash.js'
import { libraryRow } from './library.js'
import type { LambdaNode, Node, Unit } from './nodes.js'
import { indexUnit, keyText, type Root, referentOf } from './unit-index.js'

export interface EffectOptions {
  /** Effects of an export of another module; without an answer they are `:unknown`. */
  readonly moduleEffects?: (module: string, name: string) => readonly string[] | undefined
  /** The module inside the unit whose definitions are meant. Default: the unit's own. */
  readonly module?: string
}

/** The effect of a capability that only the run will tell. */
export const unknownEffect = ':unknown'

/**
 * Sorted capability ids that each global definition may perform, through everything it refers to. An upper bound:
 * what is referred to counts as called. `^{:effects […]}` says what hides behind an unknown capability.
 */
export function inferEffects(
  unit: Unit,
  options: EffectOptions = {},
): ReadonlyMap<string, readonly string[]> {
  const all = new Effects(unit, options)
  const root = all.roots.get(options.module ?? '')
  const names = [...(root?.definitions.keys() ?? [])]
  return new Map(names.map(name => [name, all.declaredOf(root!, name)]))
}

/** Functions whose effects go beyond what their `^{:effects […]}` allows, as errors. */
export function checkEffects(unit: Unit, options: EffectOptions = {}): readonly Diagnostic[] {
  const all = new Effects(unit, options)
  const found: Diagnostic[] = []
  for (const root of all.roots.values()) {
    for (const [name, forms] of root.definitions) {
      const allowed = declaredEffects(forms.map(lambdaOf))
      const extra =
        allowed === undefined
          ? []
          : all.inferred(root, name).filter(id => id !== unknownEffect && !allowed.has(id))
      const hint = `Add ${extra.map(id => `"${id}"`).join(' ')} to :effects, or do without.`
      const message = `${name} may perform ${extra.join(', ')}, which its :effects do not allow`
      if (extra.length > 0) found.push(diagnostic('EffectNotDeclared', message, forms[0]!.span, { hint }))
    }
  }
  return found
}

class Effects {
  readonly roots: ReadonlyMap<string, Root>
  readonly #options: EffectOptions
  readonly #effects = new Map<string, Set<string>>()

  constructor(unit: Unit, options: EffectOptions) {
    this.roots = indexUnit(unit)
    this.#options = options
    const uses = new Map<string, Set<string>>()
    for (const root of this.roots.values()) {
      for (const [name, forms] of root.definitions) {
        const key = keyText({ module: root.module, name })
        this.#effects.set(key, new Set())
        uses.set(key, new Set())
        for (const form of forms) if (form.kind === 'def') this.#collect(form.init, root, key, uses.get(key)!)
      }
    }
    this.#spread(uses)
  }

  /** What each definition uses, it may do: until nothing is added. */
  #spread(uses: ReadonlyMap<string, ReadonlySet<string>>): void {
    const usedBy = new Map<string, string[]>()
    for (const [user, used] of uses)
      for (const key of used) usedBy.set(key, [...(usedBy.get(key) ?? []), user])
    const pending = [...this.#effects.keys()]
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      for (const user of usedBy.get(key) ?? []) {
        const effects = this.#effects.get(user)!
        const before = effects.size
        for (const id of this.#effects.get(key)!) effects.add(id)
        if (effects.size > before) pending.push(user)
      }
    }
  }

  #collect(node: Node, root: Root, key: string, uses: Set<string>): void {
    const effects = this.#effects.get(key)!
    for (const id of this.#ownEffects(node)) effects.add(id)
    const referent = referentOf(node, root, this.roots)
    switch (referent?.kind) {
      case 'definition':
        uses.add(keyText(referent.key))
        break
      case 'export': {
        const known = this.#options.moduleEffects?.(referent.module, referent.name)
        for (const id of known ?? [unknownEffect]) effects.add(id)
        break
      }
      case 'unknown':
        effects.add(unknownEffect)
    }
    forEachChild(node, child => this.#collect(child, root, key, uses))
  }

  /** Effects of the node itself, its children apart. */
  #ownEffects(node: Node): readonly string[] {
    switch (node.kind) {
      case 'host-call':
        return [capabilityId(node.capability) ?? unknownEffect]
      case 'discover-agents':
        return ['ccos.agent.discover-agents']
      case 'ref':
        return node.scope === 'builtin' ? (libraryRow(node.name)?.capabilities ?? []) : []
      case 'lambda':
        return node.hint?.kind === 'remote' || node.hint?.kind === 'local-model'
          ? [`model-call:${node.hint.id}`]
          : []
      default:
        return []
    }
  }

  inferred(root: Root, name: string): readonly string[] {
    return sortedEffects([...(this.#effects.get(keyText({ module: root.module, name })) ?? [])])
  }

  /** With a declaration, an unknown capability is one of those that it names. */
  declaredOf(root: Root, name: string): readonly string[] {
    const inferred = this.inferred(root, name)
    const declared = declaredEffects(root.definitions.get(name)!.map(lambdaOf))
    if (declared === undefined || !inferred.includes(unknownEffect)) return inferred
    return sortedEffects([...inferred.filter(id => id !== unknownEffect), ...declared])
  }
}

function lambdaOf(form: Node): LambdaNode | undefined {
  if (form.kind === 'def') return lambdaOf(form.init)
  if (form.kind === 'cast') return lambdaOf(form.value)
  return form.kind === 'lambda' ? form : undefined
}

/** The ids that `^{:effects […]}` lists, `undefined` without it. */
function declaredEffects(lambdas: readonly (LambdaNode | undefined)[]): ReadonlySet<string> | undefined {
  for (const lambda of lambdas) {
    const listed = lambda?.meta.get('effects')
    if (listed instanceof RtfsSequence) return new Set([...listed].flatMap(value => textOf(value) ?? []))
  }
  return undefined
}

/** The id of a capability that is a literal: `:ccos.io.log` and `"ccos.io.log"` are the same. */
function capabilityId(node: Node): string | undefined {
  return node.kind === 'literal' ? textOf(node.value) : undefined
}

function textOf(value: Value): string | undefined {
  if (value instanceof Keyword) return value.name
  return typeof value === 'string' ? value.replace(/^:/, '') : undefined
}
