import { internalError, type Type, type Value } from '@rtfs/core'
import { parseType } from '@rtfs/parser'
import type {
  Arity,
  BuiltinDefinition,
  LibraryContext,
  PlainImplementation,
  StepImplementation,
} from './builtin.js'

/** A row as the family files write it; `define` fills in the rest. */
export interface Row {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly section: string
  /** One function type. Optional parameters stand as rest type, with their largest number in `max`. */
  readonly signature: string
  /** Largest number of arguments, where it is more than the fixed parameters and not unlimited. */
  readonly max?: number
  readonly doc: string
  /** Program to readable result, or to `! Kind` for an error. */
  readonly examples: Readonly<Record<string, string>>
  /** True when no argument of the signature makes it raise (budgets of the run excepted). Default false. */
  readonly total?: boolean
  readonly implementation: PlainImplementation | StepImplementation
}

/** Makes a pure function's row of the table. */
export function define(row: Row): BuiltinDefinition {
  return complete(row, 'pure', [])
}

/** Makes the row of a function that acts through the host. */
export function defineEffect(row: Row, capabilities: readonly string[]): BuiltinDefinition {
  return complete(row, 'effect', capabilities)
}

function complete(row: Row, purity: 'pure' | 'effect', capabilities: readonly string[]): BuiltinDefinition {
  let type: Type | undefined
  return {
    name: row.name,
    aliases: row.aliases ?? [],
    arity: arityOf(row),
    signature: row.signature,
    /** Parsed when first asked for: most programs never look at most rows. */
    get type() {
      return (type ??= typeOf(row))
    },
    purity,
    total: row.total ?? false,
    capabilities,
    section: row.section,
    doc: row.doc,
    examples: Object.entries(row.examples).map(([source, expect]) => ({ source, expect })),
    implementation: row.implementation,
  }
}

function typeOf({ name, signature }: Row): Type {
  const { type, diagnostics } = parseType(signature)
  if (type === undefined) throw internalError(`signature of ${name}: ${diagnostics[0]?.message}`)
  return type
}

/** Counts the parameters in the text of a function type, so that the arity cannot differ from the signature. */
function arityOf(row: Row): Arity {
  const { fixed, rest } = parametersOf(row.signature)
  if (rest) return { min: fixed, max: row.max ?? Infinity }
  return { min: fixed, max: fixed }
}

/** Number of fixed parameters of `[:=> [A B & C] R]`, and whether a rest type follows. */
function parametersOf(signature: string): { readonly fixed: number; readonly rest: boolean } {
  let depth = 0
  let fixed = 0
  let inToken = false
  for (let i = signature.indexOf('[', 1) + 1; i < signature.length; i++) {
    const char = signature[i]!
    if (char === ' ') {
      inToken = false
      continue
    }
    if (depth === 0 && char === ']') break
    if (depth === 0 && char === '&') return { fixed, rest: true }
    if (depth === 0 && !inToken) fixed++
    inToken = true
    if (char === '[') depth++
    if (char === ']') depth--
  }
  return { fixed, rest: false }
}

/** A function of exactly one argument that never calls back. */
export function unary(call1: (a: Value, context: LibraryContext) => Value): PlainImplementation {
  return { kind: 'plain', call: (args, context) => call1(args[0]!, context), call1 }
}

/** A function of exactly two arguments that never calls back. */
export function binary(call2: (a: Value, b: Value, context: LibraryContext) => Value): PlainImplementation {
  return { kind: 'plain', call: (args, context) => call2(args[0]!, args[1]!, context), call2 }
}

/** A function of exactly three arguments that never calls back. */
export function ternary(
  call3: (a: Value, b: Value, c: Value, context: LibraryContext) => Value,
): PlainImplementation {
  return { kind: 'plain', call: (args, context) => call3(args[0]!, args[1]!, args[2]!, context), call3 }
}

/** A function of a varying number of arguments that never calls back; `fast` holds its versions without an array. */
export function variadic(
  call: (args: readonly Value[], context: LibraryContext) => Value,
  fast: Pick<PlainImplementation, 'call1' | 'call2' | 'call3'> = {},
): PlainImplementation {
  return { kind: 'plain', call, ...fast }
}
