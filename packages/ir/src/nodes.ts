import type { Keyword, Span, Type, Value } from '@rtfs/core'
import type { CatchPattern, DelegationHint, Metadata } from '@rtfs/parser'

/*
 * The typed IR (LANGUAGE §18.1, §18.2). Nodes are plain data made by the factories in `node-factories.ts`.
 * Children are evaluated in the order of the fields. `id` is unique in a unit, counted from 1. `type` is what
 * inference knows of the value (`any` where it knows nothing); `span` is where the node came from, in the unit's text.
 */

/** What every node has. */
export interface NodeBase {
  readonly id: number
  readonly type: Type
  readonly span: Span
}

/**
 * A name that lowering resolved. Its id (of the same counter as node ids) is what references carry. `cell` is true
 * when closures must see later writes: for the names in `declares`, which `def`/`defn`/`defstruct` fill, and for
 * function bindings (pattern `bind`, init a lambda) of `let`, `loop` and `:let`. Cells are made, empty, when their
 * construct is entered, before its first init, and anew for each round of a loop; reading an empty cell raises
 * UndefinedSymbol. All other variables are written once, by their binding, before they are read: where a `def`
 * redefines a name that its own frame binds, lowering makes a declared cell and a `def` that copies the bound value
 * into it, right after the binding (of a `let`) or first in the body.
 */
export interface Variable {
  readonly id: number
  readonly name: string
  readonly cell: boolean
}

export interface LiteralNode extends NodeBase {
  readonly kind: 'literal'
  readonly value: Value
}

/**
 * A read. `local`: a variable of this or an enclosing function, by id. `global`: a top-level name of the unit's own
 * frame (def, defn, import without qualifier), read through the frame's cell by name. `builtin`: a library function.
 * `dynamic`: nothing of that name is known; looked up in the unit's frame, then in the library, when it runs (names of
 * later REPL input, of `:refer :all` imports), else UndefinedSymbol. `name` of a builtin is the name of its table row.
 */
export interface VariableRefNode extends NodeBase {
  readonly kind: 'ref'
  readonly scope: 'local' | 'global' | 'builtin' | 'dynamic'
  readonly name: string
  /** Id of the variable for `local`, else 0. */
  readonly variable: number
}

/** `module/name` or `alias/name`. `module` is the full module name when lowering could resolve the alias. */
export interface QualifiedRefNode extends NodeBase {
  readonly kind: 'qualified-ref'
  readonly module: string
  readonly name: string
}

export interface ResourceRefNode extends NodeBase {
  readonly kind: 'resource-ref'
  readonly resource: string
}

/** `def`, and `defn` with a lambda as `init`. At top level `variable` is undefined and the name is a global. */
export interface DefNode extends NodeBase {
  readonly kind: 'def'
  readonly name: string
  readonly variable: Variable | undefined
  readonly init: Node
}

export interface LambdaNode extends NodeBase {
  readonly kind: 'lambda'
  /** Name for errors and delegation; `self` binds it inside the body where it is used. */
  readonly name: string | undefined
  readonly self: Variable | undefined
  readonly params: readonly ParamNode[]
  readonly rest: ParamNode | undefined
  /** Checked on exit (LANGUAGE §10.5); `undefined` when there is none or it is `:any`. */
  readonly returnType: Type | undefined
  readonly returnSpan: Span | undefined
  readonly body: readonly Node[]
  /**
   * Variables that `def`/`defn` forms of the body declare in the frame of a call; empty cells at entry, before the
   * parameters are bound.
   */
  readonly declares: readonly Variable[]
  /**
   * Variables made outside this function that it, or a function inside it, uses: by reference to the cell where they
   * have one, else by value. In order of first use. Globals are not captured.
   */
  readonly captures: readonly Variable[]
  readonly hint: DelegationHint | undefined
  readonly doc: string | undefined
  readonly meta: Metadata
}

export interface ParamNode {
  readonly pattern: IrPattern
  /** Checked on entry; `undefined` when there is none or it is `:any`. */
  readonly annotation: Type | undefined
  /** For messages: `f/param x`. */
  readonly path: string
  readonly span: Span
}

/**
 * A call. `tail`: `'no'`; `'yes'` for a proper tail call; `'self'` in a function with a return annotation, where
 * only a call of the function itself is a proper tail call, since the pending check is the same check.
 */
export interface ApplyNode extends NodeBase {
  readonly kind: 'apply'
  readonly callee: Node
  readonly args: readonly Node[]
  readonly tail: 'no' | 'yes' | 'self'
}

export interface IfNode extends NodeBase {
  readonly kind: 'if'
  readonly test: Node
  readonly then: Node
  readonly else: Node | undefined
}

/**
 * A function init sees itself, the earlier bindings, function bindings further on, and `declares`; other inits see
 * earlier bindings only. A `def` inside an init belongs to the frame around.
 */
export interface LetNode extends NodeBase {
  readonly kind: 'let'
  readonly bindings: readonly LetBinding[]
  readonly body: readonly Node[]
  /** Variables that `def`/`defn` forms of the body declare in this frame; empty cells at entry. */
  readonly declares: readonly Variable[]
}

/** Annotations have become `cast` nodes around `init`. */
export interface LetBinding {
  readonly pattern: IrPattern
  readonly init: Node
}

export interface DoNode extends NodeBase {
  readonly kind: 'do'
  readonly body: readonly Node[]
}

export interface AndNode extends NodeBase {
  readonly kind: 'and'
  readonly operands: readonly Node[]
}

export interface OrNode extends NodeBase {
  readonly kind: 'or'
  readonly operands: readonly Node[]
}

/** Binds like `let`. */
export interface LoopNode extends NodeBase {
  readonly kind: 'loop'
  readonly bindings: readonly LetBinding[]
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

/**
 * `target` is the id of the loop or lambda node. For a variadic lambda the last argument is the rest sequence (a
 * vector, list or nil, else TypeError), bound as a List. Annotations hold for the new values too: those of a loop are
 * `cast` nodes around `args` (where the order could be told, the arguments are bound by a `let` first, so that all
 * are evaluated before any is checked); those of a lambda's parameters are checked as on entry, after all `args`.
 */
export interface RecurNode extends NodeBase {
  readonly kind: 'recur'
  readonly target: number
  readonly args: readonly Node[]
}

export interface MatchNode extends NodeBase {
  readonly kind: 'match'
  readonly subject: Node
  readonly clauses: readonly MatchClauseNode[]
}

export interface MatchClauseNode {
  readonly pattern: IrMatchPattern
  readonly guard: Node | undefined
  readonly body: Node
  /** Variables that `def`/`defn` forms of the guard or body declare in the clause's frame. */
  readonly declares: readonly Variable[]
}

export interface TryNode extends NodeBase {
  readonly kind: 'try'
  readonly body: readonly Node[]
  readonly catches: readonly CatchNode[]
  readonly finally: readonly Node[] | undefined
}

export interface CatchNode {
  readonly pattern: CatchPattern
  /** All bound to the error value. */
  readonly variables: readonly Variable[]
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

export interface ThrowNode extends NodeBase {
  readonly kind: 'throw'
  readonly value: Node
}

export interface ParallelNode extends NodeBase {
  readonly kind: 'parallel'
  readonly bindings: readonly ParallelBinding[]
}

/** Annotations have become `cast` nodes around `init`. */
export interface ParallelBinding {
  readonly name: string
  readonly init: Node
}

export interface WithResourceNode extends NodeBase {
  readonly kind: 'with-resource'
  readonly variable: Variable
  readonly resourceType: Type
  readonly init: Node
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

export interface LogStepNode extends NodeBase {
  readonly kind: 'log-step'
  readonly level: string
  readonly values: readonly Node[]
}

export interface StepNode extends NodeBase {
  readonly kind: 'step'
  readonly name: string
  readonly exposeContext: Node | undefined
  readonly contextKeys: Node | undefined
  readonly params: Node | undefined
  /** `%params`, when `params` is there. */
  readonly paramsVariable: Variable | undefined
  readonly body: readonly Node[]
}

export interface StepIfNode extends NodeBase {
  readonly kind: 'step-if'
  readonly options: Node | undefined
  readonly test: Node
  readonly then: Node
  readonly else: Node | undefined
}

export interface StepLoopNode extends NodeBase {
  readonly kind: 'step-loop'
  readonly options: Node | undefined
  readonly test: Node
  readonly body: Node
}

export interface StepParallelNode extends NodeBase {
  readonly kind: 'step-parallel'
  readonly options: readonly StepOption[]
  readonly branches: readonly Node[]
}

export interface StepOption {
  readonly name: string
  readonly value: Node
}

/** `declares` and the bindings live in the frame of one iteration; a `def` in a clause belongs to the frame around. */
export interface ForNode extends NodeBase {
  readonly kind: 'for'
  readonly clauses: readonly IrForClause[]
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

export type IrForClause =
  | {
      readonly kind: 'for-binding'
      readonly pattern: IrPattern
      readonly collection: Node
      readonly span: Span
    }
  | { readonly kind: 'for-when' | 'for-while'; readonly test: Node }
  | { readonly kind: 'for-let'; readonly bindings: readonly LetBinding[] }

export interface DotimesNode extends NodeBase {
  readonly kind: 'dotimes'
  readonly variable: Variable
  readonly count: Node
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

export interface HostCallNode extends NodeBase {
  readonly kind: 'host-call'
  readonly capability: Node
  readonly args: readonly Node[]
}

export interface DiscoverAgentsNode extends NodeBase {
  readonly kind: 'discover-agents'
  readonly criteria: Node
  readonly options: Node | undefined
}

/** `(get :key)`: `local` is the variable in scope of that name, if lowering found one. */
export interface ContextGetNode extends NodeBase {
  readonly kind: 'context-get'
  readonly name: string
  readonly local: Node | undefined
}

export interface TaskContextNode extends NodeBase {
  readonly kind: 'task-context'
  readonly name: string
}

export interface VectorNode extends NodeBase {
  readonly kind: 'vector'
  readonly elements: readonly Node[]
}

export interface MapNode extends NodeBase {
  readonly kind: 'map'
  readonly entries: readonly MapEntryNode[]
}

export interface MapEntryNode {
  readonly key: Node
  readonly value: Node
}

export interface QuoteNode extends NodeBase {
  readonly kind: 'quote'
  readonly value: Value
}

export interface QuasiquoteNode extends NodeBase {
  readonly kind: 'quasiquote'
  readonly template: IrTemplate
}

export type IrTemplate =
  | { readonly kind: 'data'; readonly value: Value }
  | { readonly kind: 'gensym'; readonly base: string }
  | { readonly kind: 'unquote' | 'splice'; readonly expr: Node }
  | { readonly kind: 'template-list' | 'template-vector'; readonly items: readonly IrTemplate[] }
  | {
      readonly kind: 'template-map'
      readonly entries: readonly { readonly key: IrTemplate; readonly value: IrTemplate }[]
    }

/** Checks `value` against `target` (LANGUAGE §10.5) and converts Integer to Float where `float` accepts it. */
export interface CastNode extends NodeBase {
  readonly kind: 'cast'
  readonly value: Node
  readonly target: Type
  /** For messages: `let x`, `def x`, `the`. */
  readonly path: string
}

export interface ConformsNode extends NodeBase {
  readonly kind: 'conforms'
  readonly value: Node
  readonly target: Type
}

/** `^{:runtime.x …} form`: execution hints for host calls inside. */
export interface HintsNode extends NodeBase {
  readonly kind: 'hints'
  readonly meta: Metadata
  readonly body: Node
}

export interface DeftypeNode extends NodeBase {
  readonly kind: 'deftype'
  readonly name: string
  readonly target: Type
}

/** Defines the alias and the constructor function `name`. `variable` as in DefNode. */
export interface DefstructNode extends NodeBase {
  readonly kind: 'defstruct'
  readonly name: string
  readonly variable: Variable | undefined
  readonly target: Type
}

export interface DefmacroNode extends NodeBase {
  readonly kind: 'defmacro'
  readonly name: string
}

export interface DeftestNode extends NodeBase {
  readonly kind: 'deftest'
  readonly name: string
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

/**
 * `equality` holds the operands of `(is (= a b))`, so that the failure can show their values. They are the very
 * nodes `form.args`, not further children: an engine evaluates either them (and charges the call) or `form`.
 */
export interface IsNode extends NodeBase {
  readonly kind: 'is'
  readonly form: Node
  readonly equality: readonly [Node, Node] | undefined
  readonly message: Node | undefined
  readonly text: string
}

export interface ImportNode extends NodeBase {
  readonly kind: 'import'
  readonly module: string
  readonly alias: string | undefined
  readonly only: readonly string[] | undefined
  readonly referAll: boolean
}

export interface ModuleNode extends NodeBase {
  readonly kind: 'module'
  readonly name: string
  readonly doc: string | undefined
  readonly exports: readonly string[] | undefined
  readonly body: readonly Node[]
  /** Names the module's own frame declares, in order of first definition. */
  readonly globals: readonly string[]
  /** Names marked `^{:private true}`. */
  readonly privates: readonly string[]
}

export interface ObjectNode extends NodeBase {
  readonly kind: 'object'
  readonly objectKind: string
  readonly name: Value | undefined
  readonly properties: readonly ObjectProperty[]
}

export interface ObjectProperty {
  readonly key: string
  readonly value: Node
}

/**
 * Spends `units` of fuel, then evaluates `body`, whose value is its own. Only the optimizer makes it: where a pass
 * takes calls away, their charge stays.
 */
export interface ChargeNode extends NodeBase {
  readonly kind: 'charge'
  readonly units: number
  readonly body: Node
}

export type Node =
  | LiteralNode
  | VariableRefNode
  | QualifiedRefNode
  | ResourceRefNode
  | DefNode
  | LambdaNode
  | ApplyNode
  | IfNode
  | LetNode
  | DoNode
  | AndNode
  | OrNode
  | LoopNode
  | RecurNode
  | MatchNode
  | TryNode
  | ThrowNode
  | ParallelNode
  | WithResourceNode
  | LogStepNode
  | StepNode
  | StepIfNode
  | StepLoopNode
  | StepParallelNode
  | ForNode
  | DotimesNode
  | HostCallNode
  | DiscoverAgentsNode
  | ContextGetNode
  | TaskContextNode
  | VectorNode
  | MapNode
  | QuoteNode
  | QuasiquoteNode
  | CastNode
  | ConformsNode
  | HintsNode
  | DeftypeNode
  | DefstructNode
  | DefmacroNode
  | DeftestNode
  | IsNode
  | ImportNode
  | ModuleNode
  | ObjectNode
  | ChargeNode

export type NodeKind = Node['kind']

/** Destructuring with resolved variables (LANGUAGE §6). */
export type IrPattern =
  | { readonly kind: 'bind'; readonly variable: Variable }
  | { readonly kind: 'wildcard' }
  | {
      readonly kind: 'vector-pattern'
      readonly elements: readonly IrPattern[]
      readonly rest: IrPattern | undefined
      readonly as: Variable | undefined
      readonly span: Span
    }
  | IrMapPattern

export interface IrMapPattern {
  readonly kind: 'map-pattern'
  readonly entries: readonly IrMapPatternEntry[]
  readonly rest: Variable | undefined
  readonly as: Variable | undefined
  readonly span: Span
}

export interface IrMapPatternEntry {
  readonly key: Keyword | string | number | bigint
  readonly pattern: IrPattern
  /** Evaluated, with the bindings made so far in scope, only when the key is absent. */
  readonly default: Node | undefined
}

/** Patterns of `match`. `match-same` is a repeated name: the value must equal the variable bound before. */
export type IrMatchPattern =
  | { readonly kind: 'match-literal'; readonly value: Value }
  | { readonly kind: 'match-alternatives'; readonly alternatives: readonly Value[] }
  | { readonly kind: 'match-any' }
  | { readonly kind: 'match-bind'; readonly variable: Variable }
  | { readonly kind: 'match-same'; readonly variable: Variable }
  | {
      readonly kind: 'match-vector'
      readonly elements: readonly IrMatchPattern[]
      readonly rest: IrMatchPattern | undefined
    }
  | {
      readonly kind: 'match-map'
      readonly entries: readonly {
        readonly key: Keyword | string | number | bigint | boolean
        readonly pattern: IrMatchPattern
      }[]
      readonly rest: IrMatchPattern | undefined
    }
  | {
      readonly kind: 'match-as'
      readonly variable: Variable
      readonly pattern: IrMatchPattern
      readonly same: boolean
    }
  | { readonly kind: 'match-is'; readonly target: Type }

/** One lowered program or module file. */
export interface Unit {
  readonly kind: 'unit'
  /** Version of the IR format: `1`. */
  readonly version: 1
  /** Top-level forms in order; the value of the last is the value of the unit. */
  readonly forms: readonly Node[]
  /** Names the unit's frame declares (def, defn, defstruct), in order of first definition: empty cells at start. */
  readonly globals: readonly string[]
  /** Highest id used, for passes that make nodes. */
  readonly lastId: number
}
