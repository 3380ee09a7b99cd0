import type { Node } from '@rtfs/ir'
import type { FunctionReference } from '../encoder/function-body.js'
import type { LambdaFacts } from './facts.js'
import { type Kinds, never } from './kinds.js'
import type { ArgumentShape, RecordShape } from './record-shapes.js'

/**
 * A function of the source compiled for certain kinds of arguments. Functions inside it have versions of their own
 * for each version of it, since what they capture differs.
 */
export class Version {
  readonly id: number
  /** `undefined` for the top level of the unit. */
  readonly lambda: LambdaFacts | undefined
  readonly parent: Version | undefined
  /** Kinds of the arguments as they arrive; the rest list last. */
  readonly params: readonly Kinds[]
  /** False: annotations have to be checked first; then the checked version does the work. */
  readonly checked: boolean
  /** What is known of the arguments beyond their kinds; arguments in memory come behind the others, too. */
  readonly shapes: readonly (ArgumentShape | undefined)[]
  /** Variables that are records in memory, and vectors of them, by id. */
  readonly records = new Map<number, RecordShape>()
  readonly recordVectors = new Map<number, RecordShape>()
  /** Whether the code needs a parameter that lies in memory as a value, too; by position. */
  readonly needsValue = new Map<number, boolean>()
  /** Versions to try first, in this order, when an argument turns out to be a vector of such records. */
  recordGuards: readonly { readonly param: number; readonly target: Version }[] = []
  /** Charges of the checks that arguments in memory are certain to pass. */
  entryUnits = 0
  /** Kinds of variables by id; parameter `i` as it arrived is `-1 - i`. */
  readonly variables = new Map<number, Kinds>()
  /** Kinds of expressions by node id. */
  readonly kinds = new Map<number, Kinds>()
  /** Kinds of the elements of the vectors that passes give, by node id. */
  readonly elements = new Map<number, Kinds>()
  result: Kinds = never
  /** For versions that take anything: the version to try first, when the arguments turn out to be ints. */
  guard: Version | undefined
  /** Versions whose result depends on the result of this one. */
  readonly callers = new Set<Version>()
  /** Versions of functions inside that capture variables of this one. */
  readonly inner = new Set<Version>()
  /** Calls of number functions that are compiled to instructions, counted by inference. */
  inlined = 0
  /** The function in the module, once code has asked for it. */
  reference: FunctionReference | undefined

  constructor(
    id: number,
    lambda: LambdaFacts | undefined,
    parent: Version | undefined,
    params: readonly Kinds[],
    checked: boolean,
    shapes: readonly (ArgumentShape | undefined)[] = [],
  ) {
    this.id = id
    this.lambda = lambda
    this.parent = parent
    this.params = params
    this.checked = checked
    this.shapes = shapes
  }

  /** Kinds of an expression of this version. */
  kindsOf(node: Node): Kinds {
    return this.kinds.get(node.id) ?? never
  }
}
