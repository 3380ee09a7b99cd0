import type { Type } from '@rtfs/core'
import {
  type DefNode,
  type DefstructNode,
  forEachChild,
  type LambdaNode,
  type Node,
  type Unit,
} from '@rtfs/ir'

type Definition = DefNode | DefstructNode

/**
 * A name of the unit's own frame. `function`: always means one function. `struct`: always means one constructor.
 * `value`: defined once, before anything can read it. `cell`: anything else; reading it checks that it is filled.
 */
export interface GlobalFacts {
  readonly name: string
  readonly kind: 'function' | 'struct' | 'value' | 'cell'
  /** The function, for kind `function`. */
  readonly lambda: LambdaNode | undefined
  readonly definitions: readonly Definition[]
  /** Globals that its definitions, and the functions in them, mention. */
  readonly mentions: ReadonlySet<string>
}

/** The forms of a unit; a `do` at the top level is transparent. */
export function topLevelForms(unit: Unit): readonly Node[] {
  return unit.forms.flatMap(flatten)
}

function flatten(form: Node): readonly Node[] {
  return form.kind === 'do' && form.body.length > 0 ? form.body.flatMap(flatten) : [form]
}

/**
 * Facts about every global of the unit. `declared` are the names of its frame: one that nothing defines any more stays
 * an empty cell.
 */
export function globalFacts(
  forms: readonly Node[],
  declared: readonly string[],
  open: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, GlobalFacts> {
  const definitions = new Map<string, Definition[]>(declared.map(name => [name, []]))
  for (const form of forms) {
    forEachDefinition(form, definition => {
      const known = definitions.get(definition.name)
      if (known === undefined) definitions.set(definition.name, [definition])
      else known.push(definition)
    })
  }
  const mentioned = new Map<string, ReadonlySet<string>>()
  for (const [name, all] of definitions) mentioned.set(name, mentionedBy(all))
  const early = readEarly(forms, mentioned)
  const facts = new Map<string, GlobalFacts>()
  const top = new Set<Node>(forms)
  for (const [name, all] of definitions) {
    const [only] = all
    const fixed =
      all.length === 1 && only !== undefined && top.has(only) && !early.has(name) && !open.has(name)
        ? only
        : undefined
    const kind = fixed === undefined ? 'cell' : kindOf(fixed)
    const lambda =
      kind === 'function' && fixed?.kind === 'def' && fixed.init.kind === 'lambda' ? fixed.init : undefined
    facts.set(name, { name, kind, lambda, definitions: all, mentions: mentioned.get(name)! })
  }
  return facts
}

function kindOf(definition: Definition): GlobalFacts['kind'] {
  if (definition.kind === 'defstruct') return 'struct'
  return definition.init.kind === 'lambda' ? 'function' : 'value'
}

/** The type aliases that the forms define, in order. */
export function typeAliasesOf(forms: readonly Node[]): readonly (readonly [string, Type])[] {
  return forms.flatMap((form): readonly (readonly [string, Type])[] => {
    return form.kind === 'deftype' || form.kind === 'defstruct' ? [[form.name, form.target]] : []
  })
}

/** True for forms whose running does nothing that something else could notice: definitions of functions and types. */
export function runsNothing(form: Node): boolean {
  if (form.kind === 'def') return form.variable === undefined && form.init.kind === 'lambda'
  return (
    form.kind === 'defstruct' ||
    form.kind === 'deftype' ||
    form.kind === 'defmacro' ||
    form.kind === 'deftest'
  )
}

/** Everything the given names mention, directly or through other globals, and the names themselves. */
export function reachableGlobals(
  names: Iterable<string>,
  mentioned: (name: string) => ReadonlySet<string> | undefined,
): ReadonlySet<string> {
  const reached = new Set<string>()
  const pending = [...names]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    pending.push(...(mentioned(name) ?? []))
  }
  return reached
}

/** Calls `visit` for the definitions of globals in a form, in order. */
export function forEachDefinition(node: Node, visit: (definition: Definition) => void): void {
  if ((node.kind === 'def' || node.kind === 'defstruct') && node.variable === undefined) visit(node)
  if (node.kind === 'lambda' || node.kind === 'module') return
  forEachChild(node, child => forEachDefinition(child, visit))
}

/** Names that something may read before their definition has run. */
function readEarly(
  forms: readonly Node[],
  mentioned: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const early = new Set<string>()
  const defined = new Set<string>()
  // What is defined stays so: a name that was reached once need not be looked at again.
  const reached = new Set<string>()
  for (const form of forms) {
    const pending = runsNothing(form) ? [] : [...mentionedBy([form])]
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (reached.has(name)) continue
      reached.add(name)
      if (!defined.has(name)) early.add(name)
      pending.push(...(mentioned.get(name) ?? []))
    }
    if ((form.kind === 'def' || form.kind === 'defstruct') && form.variable === undefined)
      defined.add(form.name)
  }
  return early
}

/** Globals mentioned anywhere below the nodes. */
export function mentionedBy(nodes: readonly Node[]): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: Node): void => {
    if (node.kind === 'ref' && node.scope === 'global') names.add(node.name)
    forEachChild(node, visit)
  }
  nodes.forEach(visit)
  return names
}
