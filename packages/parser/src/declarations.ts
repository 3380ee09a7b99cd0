import type { Form } from './forms.js'

/** Told of a name that a form defines, as a value or as a type; a struct is both. */
export type Declare = (name: string, kind: 'value' | 'type') => void

/**
 * What forms do to the frame they stand in: those that make no frame of their own leave it the definitions inside of
 * them (LANGUAGE §4.2), the others define a name.
 */
const effects: ReadonlyMap<string, 'frameless' | 'value' | 'type' | 'value and type'> = new Map([
  ...['do', 'if', 'when', 'when-not', 'unless', 'cond', 'and', 'or', 'try', 'step', 'log-step'].map(
    name => [name, 'frameless'] as const,
  ),
  ['def', 'value'],
  ['defn', 'value'],
  ['deftype', 'type'],
  ['defstruct', 'value and type'],
])

/** The names that `def`, `defn`, `defstruct` and `deftype` define in the frame whose body is `items[from …]`. */
export function forEachDeclared(items: readonly Form[], from: number, declare: Declare): void {
  for (let i = from; i < items.length; i++) {
    const form = withoutMetadata(items[i]!)
    if (form.kind !== 'list') continue
    const head = form.items[0]
    if (head === undefined || head.kind !== 'symbol') continue
    const effect = effects.get(head.name)
    if (effect === undefined) continue
    if (effect === 'frameless') {
      forEachDeclared(form.items, 1, declare)
      continue
    }
    const target = form.items[1] === undefined ? undefined : withoutMetadata(form.items[1])
    if (target === undefined || target.kind !== 'symbol') continue
    const name = head.name === 'def' ? nameBeforeColon(target.name) : target.name
    if (effect !== 'type') declare(name, 'value')
    if (effect !== 'value') declare(name, 'type')
  }
}

/** The form that metadata belongs to. */
export function withoutMetadata(form: Form): Form {
  let inner = form
  while (inner.kind === 'metadata') inner = inner.items[inner.items.length - 1]!
  return inner
}

/** The name part of `x:int`. */
export function nameBeforeColon(name: string): string {
  const colon = name.indexOf(':')
  return colon > 0 ? name.slice(0, colon) : name
}
