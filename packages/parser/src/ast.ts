import type { Keyword, RtfsSymbol, Span, Type, Value } from '@rtfs/core'

/*
 * The abstract syntax (LANGUAGE §2.3). Nodes are made by the factories in `ast-factories.ts`, every field set,
 * always in the same order. Positions are UTF-16 offsets into the source text of the unit.
 * `when`, `unless`, `if-let`, `cond`, `case`, `->`, `->>`, `letrec` never appear: the analyser rewrites them.
 */

/** A literal of any type; vectors, maps and the empty list are their own kinds. */
export interface Literal extends Span {
  readonly kind: 'literal'
  readonly value: Value
}

/** A reference by name; `name` is the full text, e.g. `math.util/square`. */
export interface SymbolRef extends Span {
  readonly kind: 'symbol'
  readonly name: string
  readonly namespace: string | undefined
  readonly version: string | undefined
}

export interface VectorExpr extends Span {
  readonly kind: 'vector'
  readonly elements: readonly Expr[]
}

/** Entries are evaluated in source order, key before value; keys must turn out to be legal map keys. */
export interface MapExpr extends Span {
  readonly kind: 'map'
  readonly entries: readonly { readonly key: Expr; readonly value: Expr }[]
}

/** Data that is not evaluated: `'x`, `(quote x)`, `()`. */
export interface Quote extends Span {
  readonly kind: 'quote'
  readonly value: Value
}

/** `` `template ``: builds data, evaluating the unquoted parts (LANGUAGE §8). */
export interface Quasiquote extends Span {
  readonly kind: 'quasiquote'
  readonly template: Template
}

/** A piece of a quasiquote. `gensym` stands for `name#`: one fresh symbol per evaluation and name. */
export type Template =
  | { readonly kind: 'data'; readonly value: Value }
  | { readonly kind: 'gensym'; readonly base: string }
  | { readonly kind: 'unquote'; readonly expr: Expr }
  | { readonly kind: 'splice'; readonly expr: Expr }
  | { readonly kind: 'template-list' | 'template-vector'; readonly items: readonly Template[] }
  | {
      readonly kind: 'template-map'
      readonly entries: readonly { readonly key: Template; readonly value: Template }[]
    }

export interface Call extends Span {
  readonly kind: 'call'
  readonly callee: Expr
  readonly args: readonly Expr[]
}

export interface If extends Span {
  readonly kind: 'if'
  readonly test: Expr
  readonly then: Expr
  /** `undefined` gives nil. */
  readonly else: Expr | undefined
}

export interface Do extends Span {
  readonly kind: 'do'
  readonly body: readonly Expr[]
}

export interface And extends Span {
  readonly kind: 'and'
  readonly operands: readonly Expr[]
}

export interface Or extends Span {
  readonly kind: 'or'
  readonly operands: readonly Expr[]
}

/** A type annotation where it stands. */
export interface TypeExpr extends Span {
  readonly type: Type
}

/**
 * Bindings run in order. An `init` that is a function (`kind: 'fn'`) sees every function binding of the same let
 * (LANGUAGE §5.2): the names of all function bindings are empty cells before the first init runs.
 */
export interface Let extends Span {
  readonly kind: 'let'
  readonly bindings: readonly Binding[]
  readonly body: readonly Expr[]
}

export interface Binding extends Span {
  readonly pattern: Pattern
  readonly type: TypeExpr | undefined
  readonly init: Expr
}

export interface Loop extends Span {
  readonly kind: 'loop'
  readonly bindings: readonly Binding[]
  readonly body: readonly Expr[]
}

/** Always in tail position of its target (the analyser checks it) and with the right number of arguments. */
export interface Recur extends Span {
  readonly kind: 'recur'
  readonly args: readonly Expr[]
  readonly target: 'loop' | 'fn'
}

export interface Param extends Span {
  readonly pattern: Pattern
  readonly type: TypeExpr | undefined
}

export type DelegationHint =
  | { readonly kind: 'local' }
  | { readonly kind: 'local-model'; readonly id: string }
  | { readonly kind: 'remote'; readonly id: string }
  | { readonly kind: 'l4' }

/** `^{…}` metadata with its values as data (quoted forms), in source order (LANGUAGE §3.5). */
export type Metadata = ReadonlyMap<string, Value>

export interface Fn extends Span {
  readonly kind: 'fn'
  /** For `(fn name [..] ..)` and `defn`: bound to the function itself inside the body. */
  readonly name: string | undefined
  readonly params: readonly Param[]
  /** `& rest`; its type is that of each rest argument. */
  readonly rest: Param | undefined
  readonly returnType: TypeExpr | undefined
  /** Empty only for a declaration without a body, which then has a hint other than local (LANGUAGE §15.5). */
  readonly body: readonly Expr[]
  readonly hint: DelegationHint | undefined
  readonly doc: string | undefined
  /** Metadata of the function; empty when there is none. */
  readonly meta: Metadata
}

export interface Def extends Span {
  readonly kind: 'def'
  readonly name: string
  readonly nameSpan: Span
  readonly type: TypeExpr | undefined
  readonly init: Expr
  readonly meta: Metadata
}

/** `(def name (fn name …))` with metadata; `fn.name` equals `name`. */
export interface Defn extends Span {
  readonly kind: 'defn'
  readonly name: string
  readonly nameSpan: Span
  readonly fn: Fn
}

export interface Match extends Span {
  readonly kind: 'match'
  readonly subject: Expr
  readonly clauses: readonly MatchClause[]
}

export interface MatchClause extends Span {
  readonly pattern: MatchPattern
  readonly guard: Expr | undefined
  readonly body: Expr
}

export interface Try extends Span {
  readonly kind: 'try'
  readonly body: readonly Expr[]
  readonly catches: readonly CatchClause[]
  /** `undefined` when there is no `finally`. */
  readonly finally: readonly Expr[] | undefined
}

export interface CatchClause extends Span {
  readonly pattern: CatchPattern
  /** Names bound to the error value: the symbol pattern itself and the name after the pattern. */
  readonly names: readonly string[]
  readonly body: readonly Expr[]
}

/** Resolved by the analyser as the table of LANGUAGE §9.4 says. A keyword pattern `type` has no colon. */
export type CatchPattern =
  | { readonly kind: 'catch-any' }
  | { readonly kind: 'catch-type'; readonly type: string }
  | { readonly kind: 'catch-kind'; readonly errorKind: string }
  | { readonly kind: 'catch-conforms'; readonly type: Type }

export interface Throw extends Span {
  readonly kind: 'throw'
  readonly value: Expr
}

export interface Parallel extends Span {
  readonly kind: 'parallel'
  readonly bindings: readonly {
    readonly name: string
    readonly type: TypeExpr | undefined
    readonly init: Expr
  }[]
}

export interface WithResource extends Span {
  readonly kind: 'with-resource'
  readonly name: string
  readonly type: TypeExpr
  readonly init: Expr
  readonly body: readonly Expr[]
}

export interface LogStep extends Span {
  readonly kind: 'log-step'
  readonly level: string
  readonly values: readonly Expr[]
}

export interface Step extends Span {
  readonly kind: 'step'
  readonly name: string
  readonly exposeContext: Expr | undefined
  readonly contextKeys: Expr | undefined
  /** `:params {"k" form}`; bound inside as the map `%params`. */
  readonly params: MapExpr | undefined
  readonly body: readonly Expr[]
}

export interface StepIf extends Span {
  readonly kind: 'step-if'
  readonly options: Expr | undefined
  readonly test: Expr
  readonly then: Expr
  readonly else: Expr | undefined
}

export interface StepLoop extends Span {
  readonly kind: 'step-loop'
  readonly options: Expr | undefined
  readonly test: Expr
  readonly body: Expr
}

export interface StepParallel extends Span {
  readonly kind: 'step-parallel'
  readonly options: readonly { readonly name: string; readonly value: Expr }[]
  readonly branches: readonly Expr[]
}

export interface For extends Span {
  readonly kind: 'for'
  readonly clauses: readonly ForClause[]
  readonly body: readonly Expr[]
}

export type ForClause =
  | {
      readonly kind: 'for-binding'
      readonly pattern: Pattern
      readonly collection: Expr
      readonly start: number
      readonly end: number
    }
  | { readonly kind: 'for-when' | 'for-while'; readonly test: Expr }
  | { readonly kind: 'for-let'; readonly bindings: readonly Binding[] }

export interface Dotimes extends Span {
  readonly kind: 'dotimes'
  readonly name: string
  readonly count: Expr
  readonly body: readonly Expr[]
}

/** `(call cap arg*)`. `llm-execute` is rewritten to it. */
export interface HostCall extends Span {
  readonly kind: 'host-call'
  readonly capability: Expr
  readonly args: readonly Expr[]
}

export interface DiscoverAgents extends Span {
  readonly kind: 'discover-agents'
  readonly criteria: Expr
  readonly options: Expr | undefined
}

/** One-argument `(get :key)`: local name, then host context, then nil. */
export interface ContextGet extends Span {
  readonly kind: 'context-get'
  readonly name: string
}

/** `@name` and `@:name`. */
export interface TaskContextAccess extends Span {
  readonly kind: 'task-context'
  readonly name: string
}

export interface ResourceRef extends Span {
  readonly kind: 'resource-ref'
  readonly id: string
}

/** `(the type x)`. */
export interface The extends Span {
  readonly kind: 'the'
  readonly type: TypeExpr
  readonly value: Expr
}

/** `(conforms? type x)`. */
export interface Conforms extends Span {
  readonly kind: 'conforms'
  readonly type: TypeExpr
  readonly value: Expr
}

/** `^{…} form` on a form that is not a function: execution hints for the calls made inside (LANGUAGE §3.5). */
export interface WithMetadata extends Span {
  readonly kind: 'with-metadata'
  readonly meta: Metadata
  readonly expr: Expr
}

export interface Deftype extends Span {
  readonly kind: 'deftype'
  readonly name: string
  readonly type: TypeExpr
}

export interface Defstruct extends Span {
  readonly kind: 'defstruct'
  readonly name: string
  /** The record type `Name` stands for. */
  readonly type: Type
}

/** Already expanded by the analyser; evaluates to nil. Kept so that modules can export it. */
export interface Defmacro extends Span {
  readonly kind: 'defmacro'
  readonly name: string
  readonly fn: Fn
}

export interface Deftest extends Span {
  readonly kind: 'deftest'
  readonly name: string
  readonly body: readonly Expr[]
}

/** `(is form message?)`. For `(is (= a b))` the evaluator reports both values. `text` is the form's source. */
export interface Is extends Span {
  readonly kind: 'is'
  readonly form: Expr
  readonly message: Expr | undefined
  readonly text: string
}

export interface Import extends Span {
  readonly kind: 'import'
  readonly module: string
  readonly alias: string | undefined
  readonly only: readonly string[] | undefined
  readonly referAll: boolean
}

export interface Module extends Span {
  readonly kind: 'module'
  readonly name: string
  readonly doc: string | undefined
  readonly exports: readonly string[] | undefined
  readonly exportsSpan: Span | undefined
  readonly forms: readonly Expr[]
}

/** `(intent …)`, `(plan …)` and the other objects of LANGUAGE §17. Code properties are quoted literals. */
export interface ObjectExpr extends Span {
  readonly kind: 'object'
  readonly objectKind: string
  readonly name: Value | undefined
  readonly properties: readonly { readonly key: string; readonly value: Expr }[]
}

export type Expr =
  | Literal
  | SymbolRef
  | VectorExpr
  | MapExpr
  | Quote
  | Quasiquote
  | Call
  | If
  | Do
  | And
  | Or
  | Let
  | Loop
  | Recur
  | Fn
  | Def
  | Defn
  | Match
  | Try
  | Throw
  | Parallel
  | WithResource
  | LogStep
  | Step
  | StepIf
  | StepLoop
  | StepParallel
  | For
  | Dotimes
  | HostCall
  | DiscoverAgents
  | ContextGet
  | TaskContextAccess
  | ResourceRef
  | The
  | Conforms
  | WithMetadata
  | Deftype
  | Defstruct
  | Defmacro
  | Deftest
  | Is
  | Import
  | Module
  | ObjectExpr

export type ExprKind = Expr['kind']

/** A unit: top-level forms in order. A form never has kind `recur`. */
export interface Program extends Span {
  readonly kind: 'program'
  readonly forms: readonly Expr[]
}

/** Destructuring (LANGUAGE §6). Names are unique within one pattern. */
export type Pattern =
  | { readonly kind: 'bind'; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: 'wildcard'; readonly start: number; readonly end: number }
  | VectorPattern
  | MapPattern

export interface VectorPattern extends Span {
  readonly kind: 'vector-pattern'
  readonly elements: readonly Pattern[]
  readonly rest: Pattern | undefined
  readonly as: string | undefined
}

export interface MapPattern extends Span {
  readonly kind: 'map-pattern'
  /** In source order; `:keys [a]` gives the entry key `:a`, pattern `a`. `default` is the `:or` form of its name. */
  readonly entries: readonly {
    readonly key: Keyword | string | number | bigint
    readonly pattern: Pattern
    readonly default: Expr | undefined
  }[]
  readonly rest: string | undefined
  readonly as: string | undefined
}

/** Patterns of `match` (LANGUAGE §7) and of rewritten `case`. A repeated name must match equal values. */
export type MatchPattern =
  | { readonly kind: 'match-literal'; readonly value: Value }
  | { readonly kind: 'match-any' }
  | { readonly kind: 'match-bind'; readonly name: string }
  | {
      readonly kind: 'match-vector'
      readonly elements: readonly MatchPattern[]
      readonly rest: MatchPattern | undefined
    }
  | {
      readonly kind: 'match-map'
      readonly entries: readonly {
        readonly key: Keyword | string | number | bigint | boolean
        readonly pattern: MatchPattern
      }[]
      readonly rest: MatchPattern | undefined
    }
  | { readonly kind: 'match-as'; readonly name: string; readonly pattern: MatchPattern }
  | { readonly kind: 'match-is'; readonly type: Type }
  /** Any of several constants, from `case`. */
  | { readonly kind: 'match-alternatives'; readonly alternatives: readonly Value[] }

export type { Keyword, RtfsSymbol }
