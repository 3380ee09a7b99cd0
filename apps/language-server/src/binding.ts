import type { Span } from '@rtfs/core'
import type { Expr } from '@rtfs/parser'

/** A name that a program binds, and everywhere it is used. */
export interface Binding {
  readonly name: string
  /** The name itself, where it is bound. */
  readonly span: Span
  readonly kind: 'local' | 'parameter' | 'global' | 'function' | 'macro' | 'type' | 'import'
  /** The part of the text that sees it. */
  readonly scope: Span
  /** Its form, for definitions of the top level and of modules. */
  readonly form: Expr | undefined
  /** The module it is defined in, `undefined` at the top of a program. */
  readonly module: string | undefined
  readonly references: Span[]
}

/** A name with a module before it: `alias/name`. */
export interface QualifiedReference {
  /** The alias as it is written. */
  readonly qualifier: string
  /** The module that the alias stands for. */
  readonly module: string
  readonly name: string
  readonly span: Span
}

/** What `resolveNames` found. */
export interface Names {
  readonly bindings: readonly Binding[]
  readonly qualified: readonly QualifiedReference[]
  readonly imports: readonly {
    readonly module: string
    readonly alias: string | undefined
    readonly only: readonly string[] | undefined
    readonly referAll: boolean
    readonly span: Span
  }[]
  /** Names that nothing in the text binds: of the library, or of what is imported whole. */
  readonly free: readonly { readonly name: string; readonly span: Span }[]
}

/** The binding whose name, or one of whose uses, holds the offset. */
export function bindingAt({ bindings }: Names, offset: number): Binding | undefined {
  return bindings.find(each => holds(each.span, offset) || each.references.some(span => holds(span, offset)))
}

/** True when the offset is in the span or right behind it, where the caret stands after typing a name. */
export function holds({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end
}
