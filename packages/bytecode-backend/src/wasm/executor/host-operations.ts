import {
  arityMismatch,
  equals,
  internalError,
  invalidArgument,
  isCatchable,
  isInteger,
  isTruthy,
  Keyword,
  type MapKey,
  matchError,
  RtfsError,
  RtfsErrorValue,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsMapBuilder,
  RtfsSequence,
  RtfsVector,
  shortText,
  testFailed,
  typeError,
  typeName,
  undefinedSymbol,
  type Value,
  withCause,
} from '@rtfs/core'
import type { ImportedNames, ModuleHead } from '@rtfs/interfaces'
import { callKeyword, mapKeyOf, sequenceButNoMap, sequenceOf } from '@rtfs/stdlib'
import type { HostImportName } from '../abi.js'
import type { Template } from '../metadata/template-codec.js'
import {
  buildTemplate,
  checkResource,
  OpenBranches,
  OpenHints,
  OpenResource,
  OpenStep,
  tooManyIterations,
} from './form-operations.js'
import { type CatchIn, Link, registerTest, type TypeIn } from './linked-operations.js'
import { Cell, Collector, CompiledClosure, unfilled } from './objects.js'
import { packFloats, packInts, rangeSize, unpackFloats, unpackInts } from './pass-operations.js'
import { unpackRecords } from './record-operations.js'
import type { Running } from './running.js'
import {
  accountResult,
  catches,
  chargeElements,
  checkType,
  conformsTo,
  countOf,
  mapForPattern,
  restOfMap,
  restOfRecur,
  restOfSequence,
  sequenceForPattern,
  thrown,
} from './semantics.js'

// biome-ignore lint/suspicious/noExplicitAny: the types of imports are those of the ABI, not of TypeScript
type Operation = (...args: any[]) => unknown

/**
 * How an operation deals with the account. `plain`: neither raises nor charges. `raising`: may raise, charges
 * nothing. `charging`: may do both. `own`: does it itself.
 */
type Manner = 'plain' | 'raising' | 'charging' | 'own'

interface Entry {
  readonly manner: Manner
  readonly operation: Operation
}

/** The operation behind an import of the module `rtfs` with a fixed type. */
export function hostOperation(name: HostImportName, running: Running): Operation {
  const { manner, operation } = operations[name](running)
  switch (manner) {
    case 'raising':
      return raising(running, operation, operation.length)
    case 'charging':
      return charging(running, operation, operation.length)
    default:
      return operation
  }
}

/** Makes what an operation of `count` arguments raises an error of the program, at the site in its cell. */
export function raising(running: Running, operation: Operation, count: number): Operation {
  switch (count) {
    case 1:
      return a => {
        try {
          return operation(a)
        } catch (error) {
          throw running.failedUnsettled(error)
        }
      }
    case 2:
      return (a, b) => {
        try {
          return operation(a, b)
        } catch (error) {
          throw running.failedUnsettled(error)
        }
      }
    default:
      return (...args) => {
        try {
          return operation(...args)
        } catch (error) {
          throw running.failedUnsettled(error)
        }
      }
  }
}

/** As `raising`, for operations that charge: the account is with the meter while they run. */
export function charging(running: Running, operation: Operation, count: number): Operation {
  switch (count) {
    case 1:
      return a => {
        const { site } = running
        try {
          running.begin()
          const result = operation(a)
          running.end()
          return result
        } catch (error) {
          throw running.failed(error, site)
        }
      }
    case 2:
      return (a, b) => {
        const { site } = running
        try {
          running.begin()
          const result = operation(a, b)
          running.end()
          return result
        } catch (error) {
          throw running.failed(error, site)
        }
      }
    default:
      return (...args) => {
        const { site } = running
        try {
          running.begin()
          const result = operation(...args)
          running.end()
          return result
        } catch (error) {
          throw running.failed(error, site)
        }
      }
  }
}

function plain(operation: Operation): () => Entry {
  return () => ({ manner: 'plain', operation })
}

function entry(manner: Manner, make: (running: Running) => Operation): (running: Running) => Entry {
  return running => ({ manner, operation: make(running) })
}

const operations: Readonly<Record<HostImportName, (running: Running) => Entry>> = {
  settle: entry('own', running => (fuel, depth, site) => running.settle(fuel, depth, site)),
  'settle-call': entry('own', running => (fuel, depth, site) => running.settleCall(fuel, depth, site)),
  raise: entry('own', running => (site, fuel) => running.raise(site, fuel)),
  constant: entry('own', running => index => running.constants[index] ?? null),
  small: plain((value: number) => value),
  number: plain((value: number) => value),
  integer: plain((value: bigint) => value),
  float: plain((value: number) => new RtfsFloat(value)),
  'to-number': plain((value: unknown) => (typeof value === 'number' ? value : Number.NaN)),
  'to-integer': plain(toInteger),
  'to-float': plain(toFloat),
  truthy: plain((value: Value) => (isTruthy(value) ? 1 : 0)),
  capture: plain(
    (closure: unknown, index: number) => instanceOf(closure, CompiledClosure).captures[index] ?? null,
  ),
  'set-capture': plain((closure: unknown, index: number, value: unknown) => {
    instanceOf(closure, CompiledClosure).captures[index] = value
  }),
  target: entry('own', running => (callee, count) => running.target(callee, count)),
  'same-function': entry('own', running => (callee: unknown, source: number) => {
    return callee instanceof CompiledClosure && callee.owner === running && callee.code.source === source
      ? 1
      : 0
  }),
  'apply-many': entry('charging', running => (fn: Value, args: RtfsVector) => running.apply(fn, [...args])),
  cell: plain((name: string) => new Cell(name)),
  'cell-get': entry('raising', () => readCell),
  'cell-set': plain((cell: unknown, value: Value) => {
    if (cell instanceof Cell) cell.value = value
  }),
  undefined: entry('raising', () => (name: string) => {
    throw undefinedSymbol(name)
  }),
  arity: entry('raising', () => (name: string, expected: string, count: number) => {
    throw arityMismatch(name, expected, count)
  }),
  cast: entry('charging', running => (value: Value, { type, resolve }: TypeIn, path: string) => {
    return checkType(value, type, path, resolve, running.meter)
  }),
  'cast-float': entry('charging', running => (value: Value, { type, resolve }: TypeIn, path: string) => {
    if (value instanceof RtfsFloat) return value.value
    return toFloat(checkType(value, type, path, resolve, running.meter))
  }),
  'cast-rest': entry('charging', running => (rest: RtfsSequence, { type, resolve }: TypeIn, path: string) => {
    const checked: Value[] = []
    for (const value of rest) checked.push(checkType(value, type, path, resolve, running.meter))
    return RtfsList.from(checked)
  }),
  conforms: entry('charging', running => (value: Value, { type, resolve }: TypeIn) => {
    return conformsTo(value, type, resolve, running.meter) ? 1 : 0
  }),
  'charge-rest': entry(
    'charging',
    running => (rest: RtfsSequence) => chargeElements(running.meter, rest.size),
  ),
  'rest-of': entry('raising', () => restOfRecur),
  'map-key': entry('raising', () => (value: Value) => mapKeyOf(value, 'map')),
  sequence: entry('raising', () => sequenceForPattern),
  item: plain(itemOf),
  size: plain((value: unknown) =>
    value instanceof RtfsSequence || value instanceof RtfsMap ? value.size : 0,
  ),
  tail: entry('charging', running => (sequence: RtfsSequence, from: number) => {
    return restOfSequence(sequence, from, running.meter)
  }),
  entries: entry('raising', () => mapForPattern),
  has: plain((map: unknown, key: MapKey) => (map instanceof RtfsMap && map.has(key) ? 1 : 0)),
  entry: plain((map: unknown, key: MapKey) => (map instanceof RtfsMap ? (map.get(key) ?? null) : null)),
  without: entry(
    'charging',
    running => (map: RtfsMap, keys: RtfsSequence) => restOfMap(map, keys, running.meter),
  ),
  'is-sequence': plain((value: unknown) => (value instanceof RtfsSequence ? 1 : 0)),
  'is-map': plain((value: unknown) => (value instanceof RtfsMap ? 1 : 0)),
  equal: entry('charging', running => (a: Value, b: Value) => (equals(a, b, running.meter) ? 1 : 0)),
  'equal-scalar': plain((a: Value, b: Value) => (equals(a, b) ? 1 : 0)),
  'no-match': entry('raising', () => (value: Value) => {
    throw matchError(shortText(value))
  }),
  throw: entry('charging', running => (value: Value) => {
    throw thrown(value, running.meter)
  }),
  passing: entry('own', running => (callee, number) => running.passing(callee, number)),
  caught: entry('own', running => () => running.caught()),
  'error-value': plain((error: unknown) => instanceOf(error, RtfsError).value ?? null),
  catches: entry('charging', running => (error: Value, { pattern, resolve }: CatchIn) => {
    if (!(error instanceof RtfsErrorValue)) throw internalError('caught what is no error')
    return catches(pattern, error, resolve, running.meter) ? 1 : 0
  }),
  'throw-again': entry('charging', () => (error: unknown, replaced: unknown) => {
    const value = replaced === null ? undefined : instanceOf(replaced, RtfsError).value
    throw value === undefined ? error : withCause(error, value)
  }),
  elements: entry('charging', running => (value: Value) => sequenceOf(value, 'for', running.meter)),
  'count-of': entry('raising', () => countOf),
  collect: plain(() => new Collector()),
  add: entry('charging', running => (results: unknown, value: Value) => {
    const { items } = instanceOf(results, Collector)
    accountResult(running.meter, items.length + 1)
    items.push(value)
  }),
  collected: plain((results: unknown) => RtfsVector.adopt(instanceOf(results, Collector).items)),
  // These are called so often that they are raising operations by themselves: one that is shared cannot be inlined.
  account: entry('own', running => (count: number) => {
    try {
      running.meter.elements(count)
    } catch (error) {
      throw running.failedUnsettled(error)
    }
  }),
  'account-result': entry('own', running => (size: number) => {
    try {
      accountResult(running.meter, size)
    } catch (error) {
      throw running.failedUnsettled(error)
    }
  }),
  append: plain((results: unknown, value: Value) => {
    instanceOf(results, Collector).items.push(value)
  }),
  walk: entry('charging', running => (value: Value, name: string) => sequenceOf(value, name, running.meter)),
  'walk-to-map': entry('charging', running => (value: Value, name: string) => {
    const items = sequenceButNoMap(value, name, running.meter)
    running.meter.elements(items.size)
    return items
  }),
  'nothing-to-reduce': entry('raising', () => () => {
    throw invalidArgument('reduce of an empty collection without a start value')
  }),
  'range-size': entry('charging', running => (start: bigint, end: bigint, step: bigint) => {
    return rangeSize(start, end, step, running.meter)
  }),
  reserve: entry('raising', running => (count: number) => running.reserve(count)),
  'unpack-ints': entry('raising', running => (items: RtfsSequence) => unpackInts(running, items)),
  'unpack-floats': entry('raising', running => (items: RtfsSequence) => unpackFloats(running, items)),
  'unpack-records': entry('plain', running => (items: Value, layout: RtfsVector) => {
    return unpackRecords(running, items, layout)
  }),
  'pack-ints': entry('plain', running => (address, size) => packInts(running, address, size)),
  'pack-floats': entry('plain', running => (address, size) => packFloats(running, address, size)),
  'keyword-get': entry('own', running => (key: unknown, target: Value) => {
    try {
      return getByKeyword(key, target)
    } catch (error) {
      throw running.failedUnsettled(error)
    }
  }),
  'keyword-get-or': entry('raising', () => (key: unknown, target: Value, fallback: Value) => {
    return callKeyword(instanceOf(key, Keyword), [target, fallback])
  }),
  'context-value': entry('charging', running => (name: string) => running.forms.contextValue(name)),
  resource: entry('charging', running => (id: string) => running.forms.resource(id)),
  'discover-agents': entry('charging', running => (criteria: Value, options: Value) => {
    return running.forms.discoverAgents(criteria, options)
  }),
  'open-hints': entry('raising', running => (meta: Value) => new OpenHints(running, meta)),
  'close-hints': plain((hints: unknown) => instanceOf(hints, OpenHints).open.close()),
  'open-step': entry('charging', running => (name: string, expose: Value, keys: Value, given: number) => {
    return new OpenStep(running, name, expose, keys, given)
  }),
  'complete-step': entry('charging', () => (step: unknown, value: Value) => {
    instanceOf(step, OpenStep).open.complete(value)
  }),
  'fail-step': entry('own', running => (step: unknown) => {
    const { open } = instanceOf(step, OpenStep)
    const { thrown: error, site } = running
    try {
      if (isCatchable(error)) open.fail(error.value)
      else open.abandon()
    } catch (second) {
      throw running.failed(second, site)
    }
  }),
  'loop-limit': entry('own', running => () => running.meter.limits.loopIterations),
  'too-many-iterations': entry('raising', running => () => {
    throw tooManyIterations(running)
  }),
  'open-branches': entry('own', running => () => new OpenBranches(running)),
  'enter-branch': plain((branches: unknown, index: number) =>
    instanceOf(branches, OpenBranches).open.enter(index),
  ),
  'leave-branch': plain((branches: unknown) => instanceOf(branches, OpenBranches).open.leave()),
  'fail-branch': entry('own', running => (branches: unknown) => {
    if (!instanceOf(branches, OpenBranches).keep(running.thrown)) return 0
    running.recovered()
    return 1
  }),
  'close-branches': entry(
    'charging',
    () => (branches: unknown) => instanceOf(branches, OpenBranches).close(),
  ),
  'check-resource': entry('charging', running => (value: Value, type: TypeIn, path: string) => {
    checkResource(running, value, type, path)
  }),
  'open-resource': entry('charging', running => (handle: Value, type: string | null) => {
    return new OpenResource(running, handle, type)
  }),
  'release-resource': entry('charging', () => (resource: unknown) => {
    instanceOf(resource, OpenResource).open.release()
  }),
  'release-after': entry('charging', () => (resource: unknown, error: unknown) => {
    throw instanceOf(resource, OpenResource).releaseAfter(error)
  }),
  link: entry('own', running => (frame: number, name: string) => new Link(running.frames, frame, name)),
  'link-get': entry('raising', () => (link: unknown) => instanceOf(link, Link).read()),
  qualified: entry('raising', running => (frame: number, name: string) => {
    return running.frames.at(frame).qualified(name)
  }),
  define: entry('own', running => (frame: number, name: string, value: Value) => {
    running.frames.at(frame).define(name, value)
  }),
  'define-type': entry('own', running => (frame: number, name: string, { type }: TypeIn) => {
    running.frames.at(frame).defineType(name, type)
  }),
  'define-macro': entry('own', running => (frame: number, name: string) => {
    running.frames.at(frame).defineMacro(name)
  }),
  import: entry('charging', running => (frame: number, request: ImportedNames) => {
    running.frames.import(frame, request)
  }),
  'open-module': entry('charging', running => (frame: number, outer: number, head: ModuleHead) => {
    running.frames.open(frame, outer, head)
  }),
  'close-module': entry('charging', running => (frame: number, outer: number) => {
    return running.frames.close(frame, outer)
  }),
  'register-test': entry('own', running => (frame: number, name: string, body: Value) => {
    registerTest(running, frame, name, body)
  }),
  object: entry(
    'charging',
    running => (frame: number, kind: string, name: Value, hasName: number, properties: unknown) => {
      return running.frames.object(frame, kind, name, hasName, properties)
    },
  ),
  task: entry('raising', running => (name: string) => running.taskField(name)),
  'test-failed': entry('raising', () => (text: string, message: Value, hasMessage: number) => {
    throw testFailed(text, hasMessage === 0 ? undefined : message, undefined)
  }),
  'test-unequal': entry(
    'raising',
    () => (text: string, message: Value, hasMessage: number, left: Value, right: Value) => {
      throw testFailed(text, hasMessage === 0 ? undefined : message, [left, right])
    },
  ),
}

/** Imports that exist for every number of values. */
export function familyOperation(family: string, count: number, running: Running): Operation {
  switch (family) {
    case 'closure':
      return closureMaker(running, count)
    case 'apply':
      return charging(running, applier(running, count), count + 1)
    case 'vector':
      return (...items: Value[]) => RtfsVector.adopt(items)
    case 'vector-more':
      return (vector: RtfsVector, ...items: Value[]) =>
        items.reduce<RtfsVector>((made, item) => made.append(item), vector)
    case 'list':
      return (...items: Value[]) => RtfsList.from(items)
    case 'list-more':
      return (list: RtfsList, ...items: Value[]) => RtfsList.from([...list, ...items])
    case 'map':
      return (...parts: Value[]) => mapOf(new RtfsMapBuilder(), parts)
    case 'map-more':
      return (map: RtfsMap, ...parts: Value[]) => mapOf(new RtfsMapBuilder(map), parts)
    case 'log':
      return charging(running, logger(running), count + 1)
    case 'template':
      return charging(
        running,
        (template: Template, ...values: Value[]) => buildTemplate(running, template, values),
        count + 1,
      )
    case 'perform':
      return charging(running, performer(running), count + 1)
    default:
      throw internalError(`no import ${family}`)
  }
}

function logger(running: Running): Operation {
  return (level: string, ...values: Value[]) => running.forms.log(level, values, running.spanOf(running.site))
}

function performer(running: Running): Operation {
  return (capability: Value, ...args: Value[]) => {
    if (typeof capability === 'string') return running.perform(capability, args)
    if (capability instanceof Keyword) return running.perform(capability.name, args)
    throw typeError('call', 'keyword or string', typeName(capability))
  }
}

function closureMaker(running: Running, count: number): Operation {
  const { functions } = running
  const codeOf = (index: number) => {
    const code = functions[index]
    if (code === undefined) throw internalError('a module made a closure of no function')
    return code
  }
  if (count === 0) return (index: number) => new CompiledClosure(running, codeOf(index), [])
  if (count === 1) return (index: number, a: unknown) => new CompiledClosure(running, codeOf(index), [a])
  return (index: number, ...captures: unknown[]) => new CompiledClosure(running, codeOf(index), captures)
}

function applier(running: Running, count: number): Operation {
  if (count === 1) return (fn: Value, a: Value) => running.apply(fn, [a])
  return (fn: Value, ...args: Value[]) => running.apply(fn, args)
}

function mapOf(builder: RtfsMapBuilder, parts: readonly Value[]): RtfsMap {
  for (let i = 0; i < parts.length; i += 2) builder.set(parts[i] as MapKey, parts[i + 1]!)
  return builder.build()
}

function toInteger(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && isInteger(value)) return BigInt(value)
  throw internalError('compiled code took a value for an Integer that is none')
}

function toFloat(value: unknown): number {
  if (value instanceof RtfsFloat) return value.value
  throw internalError('compiled code took a value for a Float that is none')
}

/** A host object that compiled code was given, of the class that an operation is about. */
function instanceOf<T>(value: unknown, type: { readonly prototype: T; readonly name: string }): T {
  if (value instanceof (type as unknown as new () => T)) return value
  throw internalError(`compiled code took a value for a ${type.name} that is none`)
}

function readCell(cell: unknown): Value {
  if (!(cell instanceof Cell)) throw internalError('compiled code took a value for a cell that is none')
  if (cell.value === unfilled) throw undefinedSymbol(cell.name)
  return cell.value
}

function itemOf(sequence: unknown, index: number): Value {
  if (!(sequence instanceof RtfsSequence)) return null
  return index >= 0 && index < sequence.size ? sequence.at(index) : null
}

/** `(:k m)`: maps first, everything else as the library says. */
function getByKeyword(key: unknown, target: Value): Value {
  if (target instanceof RtfsMap && key instanceof Keyword) return target.get(key) ?? null
  return callKeyword(instanceOf(key, Keyword), [target])
}
