import { describe, expect, test } from 'vitest'
import {
  arithmeticOverflow,
  arityMismatch,
  budgetExhausted,
  divisionByZero,
  errorFromValue,
  float,
  formatValue,
  genericError,
  indexOutOfBounds,
  internalError,
  invalidArgument,
  invalidProgram,
  isCatchable,
  isRtfsError,
  jsonError,
  keyNotFound,
  keyword,
  languageError,
  matchError,
  moduleError,
  moduleNotFound,
  notCallable,
  RtfsError,
  RtfsErrorValue,
  RtfsMap,
  resourceError,
  securityViolation,
  stackOverflow,
  typeError,
  undefinedSymbol,
  unknownCapability,
  unresolvedFunction,
  unsupported,
} from './index.js'

test.each<[RtfsError, string, string, string, string]>([
  [
    typeError('+', 'number', 'string'),
    'TypeError',
    ':error/type',
    'Type error in +: expected number, got string',
    '{:expected "number" :actual "string" :operation "+"}',
  ],
  [
    undefinedSymbol('x'),
    'UndefinedSymbol',
    ':error/undefined-symbol',
    'Undefined symbol: x',
    '{:symbol "x"}',
  ],
  [
    arityMismatch('f', 'at least 1', 0),
    'ArityMismatch',
    ':error/arity-mismatch',
    'Arity mismatch in f: expected at least 1, got 0',
    '{:function "f" :expected "at least 1" :actual "0"}',
  ],
  [notCallable('{:a 1}', 'map'), 'NotCallable', ':error/type', 'Not callable: {:a 1}', '{:actual "map"}'],
  [divisionByZero(), 'DivisionByZero', ':error/arithmetic', 'Division by zero', '{}'],
  [
    arithmeticOverflow('+'),
    'ArithmeticOverflow',
    ':error/arithmetic',
    'Integer overflow in +',
    '{:operation "+"}',
  ],
  [
    indexOutOfBounds(5, 1),
    'IndexOutOfBounds',
    ':error/index-out-of-bounds',
    'Index out of bounds: index 5 is not in range [0, 1)',
    '{:index 5 :length 1}',
  ],
  [keyNotFound(':a'), 'KeyNotFound', ':error/not-found', 'Key not found: :a', '{:key ":a"}'],
  [
    invalidArgument('no'),
    'InvalidArgument',
    ':error/invalid-argument',
    'Invalid argument: no',
    '{:message "no"}',
  ],
  [matchError('5'), 'MatchError', ':error/match', 'Match error: no clause matches 5', '{:value "5"}'],
  [genericError('no'), 'Generic', ':error/runtime', 'Runtime error: no', '{:message "no"}'],
  [
    stackOverflow(10),
    'StackOverflow',
    ':error/stack-overflow',
    'Stack overflow: more than 10 nested calls',
    '{:depth 10}',
  ],
  [
    budgetExhausted('fuel', 1e9),
    'BudgetExhausted',
    ':error/budget-exhausted',
    'Budget exhausted: fuel (limit 1000000000)',
    '{:dimension :fuel :limit 1000000000}',
  ],
  [
    budgetExhausted('collection', Infinity),
    'BudgetExhausted',
    ':error/budget-exhausted',
    'Budget exhausted: collection (limit Infinity)',
    '{:dimension :collection :limit "Infinity"}',
  ],
  [moduleError('cycle'), 'ModuleError', ':error/module', 'Module error: cycle', '{:message "cycle"}'],
  [
    moduleNotFound('a.b'),
    'ModuleNotFound',
    ':error/module-not-found',
    'Module not found: a.b',
    '{:module "a.b"}',
  ],
  [
    invalidProgram('no'),
    'InvalidProgram',
    ':error/invalid-program',
    'Invalid program: no',
    '{:message "no"}',
  ],
  [jsonError('no', 3), 'JsonError', ':error/json', 'JSON error: no', '{:message "no" :position 3}'],
  [jsonError('no'), 'JsonError', ':error/json', 'JSON error: no', '{:message "no"}'],
  [
    unknownCapability('x.y'),
    'UnknownCapability',
    ':error/unknown-capability',
    'Unknown capability: x.y',
    '{:capability "x.y"}',
  ],
  [
    securityViolation('call', 'x.y', 'pure'),
    'SecurityViolation',
    ':error/security',
    "Security violation: call on 'x.y' not allowed in pure",
    '{:operation "call" :capability "x.y" :context "pure"}',
  ],
  [
    resourceError('file', 'closed', 'released'),
    'ResourceError',
    ':error/resource-released',
    'Resource error (file): closed',
    '{:resource-type "file" :message "closed"}',
  ],
  [
    resourceError('file', 'odd'),
    'ResourceError',
    ':error/resource',
    'Resource error (file): odd',
    '{:resource-type "file" :message "odd"}',
  ],
  [
    unresolvedFunction('f', '[:=> [] :any]', 'none'),
    'UnresolvedFunction',
    ':error/unresolved',
    'No implementation for f: none',
    '{:symbol "f" :signature "[:=> [] :any]" :reason "none"}',
  ],
  [
    unsupported('wasm', 'call'),
    'UnsupportedError',
    ':error/unsupported',
    'wasm does not cover call',
    '{:form "call" :tier "wasm"}',
  ],
  [internalError('no'), 'InternalError', ':error/internal', 'Internal error: no', '{:message "no"}'],
])('%s', (error, code, type, message, details) => {
  expect([error.code, error.message]).toEqual([code, message])
  expect(error.value!.kind).toBe(code)
  expect(error.value!.message).toBe(message)
  expect(formatValue(error.value!.type)).toBe(type)
  expect(formatValue(error.value!.details)).toBe(details)
})

describe('what catch may see', () => {
  test.each<[unknown, boolean]>([
    [divisionByZero(), true],
    [stackOverflow(1), true],
    [budgetExhausted('collection', 1), true],
    [budgetExhausted('iterations', 1), true],
    [budgetExhausted('print-depth', 1), true],
    [budgetExhausted('fuel', 1), false],
    [budgetExhausted('time', 1), false],
    [budgetExhausted('memory', 1), false],
    [budgetExhausted('output', 1), false],
    [unsupported('wasm', 'call'), false],
    [new RtfsError('RTFS_STORE_IO', 'disk'), false],
    [new Error('x'), false],
    [null, false],
  ])('%s', (error, expected) => expect(isCatchable(error)).toBe(expected))
})

test('isRtfsError knows the errors of other copies, and the code that is asked for', () => {
  const foreign = { '~rtfs.error': true, code: 'RTFS_KEY' }
  expect(isRtfsError(foreign)).toBe(true)
  expect(isRtfsError(foreign, 'RTFS_KEY')).toBe(true)
  expect(isRtfsError(foreign, 'RTFS_USAGE')).toBe(false)
  expect([undefined, 'x', new Error('x'), {}].some(error => isRtfsError(error))).toBe(false)
})

test('a value that was thrown keeps what it is', () => {
  const known = new RtfsErrorValue('IoError', keyword('error/io'), 'disk', RtfsMap.empty)
  expect(errorFromValue(known)).toMatchObject({ code: 'IoError', message: 'disk', value: known })
  const own = new RtfsErrorValue('OrderError', keyword('order/bad'), 'no', RtfsMap.empty)
  expect(errorFromValue(own)).toMatchObject({ code: 'ApplicationError', value: own })
  // Names of Object.prototype are no kinds.
  const sly = new RtfsErrorValue('constructor', keyword('x'), 'no', RtfsMap.empty)
  expect(errorFromValue(sly).code).toBe('ApplicationError')
})

test('cause and span are kept', () => {
  const cause = new Error('disk')
  expect(new RtfsError('RTFS_STORE_IO', 'x', { cause }).cause).toBe(cause)
  expect('cause' in new RtfsError('RTFS_STORE_IO', 'x')).toBe(false)
  expect(unsupported('wasm', 'call', { start: 1, end: 2 }).span).toEqual({ start: 1, end: 2 })
})

test('details may hold any value', () => {
  const error = languageError('Generic', 'x', { __proto__: null, a: float(1) } as never)
  expect(formatValue(error.value!.details)).toBe('{:a 1.0}')
})
