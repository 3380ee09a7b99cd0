import type { FunctionType, ValueType } from './encoder/value-types.js'

/*
 * What compiled modules and the executor agree on; docs/wasm-abi.md says it in words. A change that an old executor
 * would misread needs a new `abiVersion`.
 */

export const targetId = 'wasm32-rtfs'
export const abiVersion = '2'

/** Name of the custom section with constants, functions, raise sites and signatures. */
export const metadataSection = 'rtfs'

/** Import modules: the language's own operations, and the library by name. */
export const hostModule = 'rtfs'
export const libraryModule = 'lib'

/** Exports that are part of the ABI; names of functions never begin with `@`. */
export const abiExports = {
  memory: '@memory',
  /** Fills constants; called once, before anything else. */
  setup: '@setup',
  /** Runs the top level. */
  init: '@init',
  /** `@enter/2`: calls a closure of the table with two arguments. */
  enter: '@enter/',
  /** `@any f`: the version of `f` that takes and gives host references. */
  anyPrefix: '@any ',
} as const

/**
 * Cells at the start of the memory. Fuel is what is left until `settle` must be called; site and depth tell the host
 * where code stands when it calls out; inner is the depth of a closure that is about to be called. Ints that do not fit a double exactly cross in `wide` slots: the result in the
 * first, argument `i` in slot `i + 1`.
 */
export const memoryCells = { fuel: 0, site: 4, depth: 8, inner: 12, heap: 16, wide: 24 } as const

/** Largest number of parameters of an exported function: each has a `wide` slot in the one page of memory. */
export const maxExportParams = 255

/** Where numbers that loops work on begin, behind the `wide` slots. */
export const heapStart = memoryCells.wide + 8 * (maxExportParams + 1)

/** Reasons that code raises by itself, by the number that stands in the table of raise sites. */
export const raiseReasons = [
  'overflow +',
  'overflow -',
  'overflow *',
  'overflow inc',
  'overflow dec',
  'overflow abs',
  'overflow quot',
  'division by zero',
] as const

export type RaiseReason = (typeof raiseReasons)[number]

/** Largest number of values that one call to the host carries; longer literals are built in steps. */
export const maxPack = 32

/**
 * Largest number of arguments that a call carries one by one. More travel in a vector, and the count in the name of the
 * import is then `many`.
 */
export const maxArguments = 64

const ref: ValueType = 'externref'

function type(params: readonly ValueType[], results: readonly ValueType[]): FunctionType {
  return { params, results }
}

function refs(count: number): ValueType[] {
  return new Array<ValueType>(count).fill(ref)
}

/** Imports of the module `rtfs` with a fixed type. */
export const hostImports = {
  /** (fuel, depth, site): fuel or depth is below zero; gives new fuel or throws. */
  settle: type(['i32', 'i32', 'i32'], ['i32']),
  /** (site, fuel): throws what the table of raise sites says. */
  /** As `settle`, for a call that is then not made. */
  'settle-call': type(['i32', 'i32', 'i32'], ['i32']),
  raise: type(['i32', 'i32'], []),
  constant: type(['i32'], [ref]),
  small: type(['i32'], [ref]),
  number: type(['f64'], [ref]),
  integer: type(['i64'], [ref]),
  float: type(['f64'], [ref]),
  'to-number': type([ref], ['f64']),
  'to-integer': type([ref], ['i64']),
  'to-float': type([ref], ['f64']),
  truthy: type([ref], ['i32']),
  capture: type([ref, 'i32'], [ref]),
  'set-capture': type([ref, 'i32', ref], []),
  target: type([ref, 'i32'], ['i32']),
  'same-function': type([ref, 'i32'], ['i32']),
  /** (callee, vector of the arguments): as `apply`, for more arguments than travel one by one. */
  'apply-many': type([ref, ref], [ref]),
  cell: type([ref], [ref]),
  'cell-get': type([ref], [ref]),
  'cell-set': type([ref, ref], []),
  undefined: type([ref], []),
  arity: type([ref, ref, 'i32'], []),
  cast: type([ref, ref, ref], [ref]),
  'cast-float': type([ref, ref, ref], ['f64']),
  'cast-rest': type([ref, ref, ref], [ref]),
  conforms: type([ref, ref], ['i32']),
  'charge-rest': type([ref], []),
  'rest-of': type([ref], [ref]),
  'map-key': type([ref], [ref]),
  sequence: type([ref], [ref]),
  item: type([ref, 'i32'], [ref]),
  size: type([ref], ['i32']),
  tail: type([ref, 'i32'], [ref]),
  entries: type([ref], [ref]),
  has: type([ref, ref], ['i32']),
  entry: type([ref, ref], [ref]),
  without: type([ref, ref], [ref]),
  'is-sequence': type([ref], ['i32']),
  'is-map': type([ref], ['i32']),
  equal: type([ref, ref], ['i32']),
  'equal-scalar': type([ref, ref], ['i32']),
  'no-match': type([ref], []),
  throw: type([ref], []),
  /** (callee, site + 1): told in a `catch_all` that an error passes the call there; 0 when no call is in progress. */
  passing: type([ref, 'i32'], []),
  caught: type([], [ref]),
  'error-value': type([ref], [ref]),
  catches: type([ref, ref], ['i32']),
  'throw-again': type([ref, ref], []),
  elements: type([ref], [ref]),
  'count-of': type([ref], ['f64']),
  collect: type([], [ref]),
  add: type([ref, ref], []),
  collected: type([ref], [ref]),
  account: type(['i32'], []),
  'account-result': type(['i32'], []),
  append: type([ref, ref], []),
  walk: type([ref, ref], [ref]),
  'walk-to-map': type([ref, ref], [ref]),
  'nothing-to-reduce': type([], []),
  'range-size': type(['i64', 'i64', 'i64'], ['i32']),
  reserve: type(['i32'], ['i32']),
  'unpack-ints': type([ref], ['i32']),
  'unpack-floats': type([ref], ['i32']),
  /** (sequence, layout: keys, each with 0 for Integers or 1 for Floats): the address of the fields, or 0. */
  'unpack-records': type([ref, ref], ['i32']),
  'pack-ints': type(['i32', 'i32'], [ref]),
  'pack-floats': type(['i32', 'i32'], [ref]),
  'keyword-get': type([ref, ref], [ref]),
  'keyword-get-or': type([ref, ref, ref], [ref]),
  task: type([ref], [ref]),
  'context-value': type([ref], [ref]),
  resource: type([ref], [ref]),
  'discover-agents': type([ref, ref], [ref]),
  'open-hints': type([ref], [ref]),
  'close-hints': type([ref], []),
  /** (name, value of :expose-context, value of :context-keys, which of them were given: 1 and 2). */
  'open-step': type([ref, ref, ref, 'i32'], [ref]),
  'complete-step': type([ref, ref], []),
  'fail-step': type([ref], []),
  'loop-limit': type([], ['f64']),
  'too-many-iterations': type([], []),
  'open-branches': type([], [ref]),
  'enter-branch': type([ref, 'i32'], []),
  'leave-branch': type([ref], []),
  /** Keeps what a branch has thrown: 1, or 0 for what ends the run. */
  'fail-branch': type([ref], ['i32']),
  'close-branches': type([ref], []),
  'check-resource': type([ref, ref, ref], []),
  'open-resource': type([ref, ref], [ref]),
  'release-resource': type([ref], []),
  'release-after': type([ref, ref], []),
  /** (frame, name): a name of a unit's frame, to be read by `link-get`. */
  link: type(['i32', ref], [ref]),
  'link-get': type([ref], [ref]),
  qualified: type(['i32', ref], [ref]),
  define: type(['i32', ref, ref], []),
  'define-type': type(['i32', ref, ref], []),
  'define-macro': type(['i32', ref], []),
  import: type(['i32', ref], []),
  /** (number of the module's own frame, frame around, head). */
  'open-module': type(['i32', 'i32', ref], []),
  'close-module': type(['i32', 'i32'], [ref]),
  /** (frame, name, function). */
  'register-test': type(['i32', ref, ref], []),
  /** (frame, kind, name, whether there is one, properties). */
  object: type(['i32', ref, ref, 'i32', ref], [ref]),
  'test-failed': type([ref, ref, 'i32'], []),
  'test-unequal': type([ref, ref, 'i32', ref, ref], []),
} as const satisfies Readonly<Record<string, FunctionType>>

export type HostImportName = keyof typeof hostImports

/** Imports of the module `rtfs` that exist for every number of values: `vector/3`. */
const families: Readonly<Record<string, (count: number) => FunctionType>> = {
  /** (fn, values…): a closure object over the values. */
  closure: count => type(['i32', ...refs(count)], [ref]),
  /** (callee, arguments…): calls what is no closure of the module. */
  apply: count => type([ref, ...refs(count)], [ref]),
  vector: count => type(refs(count), [ref]),
  /** (vector, elements…): a longer vector, for literals of many elements. */
  'vector-more': count => type([ref, ...refs(count)], [ref]),
  /** (key, value, …). */
  map: count => type(refs(count), [ref]),
  'map-more': count => type([ref, ...refs(count)], [ref]),
  list: count => type(refs(count), [ref]),
  'list-more': count => type([ref, ...refs(count)], [ref]),
  /** (capability, arguments…): an effect. */
  perform: count => type([ref, ...refs(count)], [ref]),
  /** (level, values…). */
  log: count => type([ref, ...refs(count)], []),
  /** (template, values of the unquoted parts…). */
  template: count => type([ref, ...refs(count)], [ref]),
}

export type ImportFamily =
  | 'closure'
  | 'apply'
  | 'vector'
  | 'vector-more'
  | 'map'
  | 'map-more'
  | 'list'
  | 'list-more'
  | 'perform'
  | 'log'
  | 'template'

/** Type of a member of a family. */
export function familyType(family: ImportFamily, count: number): FunctionType {
  return families[family]!(count)
}

/** Type of an import of the module `rtfs` by its name; `undefined` for names the ABI does not have. */
export function hostImportType(name: string): FunctionType | undefined {
  if (Object.hasOwn(hostImports, name)) return hostImports[name as HostImportName]
  const member = /^([a-z-]+)\/(\d{1,3})$/.exec(name)
  if (member === null || !Object.hasOwn(families, member[1]!)) return undefined
  return families[member[1]!]!(Number(member[2]))
}

/** Number of arguments of a library import. */
export type ArgumentCount = number | 'many'

/** Type of a library import `name/count`: references in, a reference out, or an i32 where the result is a boolean. */
export function libraryImportType(count: ArgumentCount, result: 'externref' | 'i32'): FunctionType {
  return type(refs(count === 'many' ? 1 : count), [result])
}

/**
 * Library functions that never charge anything for their own work: code keeps its own account of fuel across a call
 * of one of them.
 */
export const unmeteredFunctions: ReadonlySet<string> = new Set(
  (
    '+ - * / quot rem mod inc dec max min abs pow sqrt floor ceil round zero? pos? neg? even? odd? nan? not ' +
    'int? float? number? string? nil? map? vector? keyword? symbol? fn? bool? list? coll? seq? error?'
  ).split(' '),
)

/** Name and count of a library import, `get/2`. */
export function libraryImportName(
  name: string,
): { readonly name: string; readonly count: ArgumentCount } | undefined {
  const slash = name.lastIndexOf('/')
  const count = name.slice(slash + 1)
  if (slash <= 0 || !/^(\d{1,3}|many)$/.test(count)) return undefined
  return { name: name.slice(0, slash), count: count === 'many' ? count : Number(count) }
}

/** Type of the code behind a closure object: fuel, depth, the object, arguments; result and fuel. */
export function closureType(count: number): FunctionType {
  return type(['i32', 'i32', ref, ...refs(count)], [ref, 'i32'])
}

/** Type of `@enter/n`: fuel, depth, index in the table, the object, arguments. */
export function enterType(count: number): FunctionType {
  return type(['i32', 'i32', 'i32', ref, ...refs(count)], [ref])
}
