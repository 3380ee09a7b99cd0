import { isSubtype, type Type, types, typesConflict } from '@rtfs/core'
import type { Node } from './nodes.js'
import { join, membersOf, withoutNil } from './trusted-types.js'

/** Better types of variables where a test has shown something of them. */
export type Narrowed = ReadonlyMap<number, Type>

/** What tests of one argument show of it when they are true. */
const tests: ReadonlyMap<string, Type> = new Map([
  ['int?', types.int],
  ['float?', types.float],
  ['number?', types.number],
  ['string?', types.string],
  ['nil?', types.nil],
  ['bool?', types.bool],
  ['keyword?', types.keyword],
  ['symbol?', types.symbol],
  ['map?', types.anyMap],
  ['vector?', types.anyVector],
  ['list?', types.anyList],
  ['fn?', types.anyFunction],
])

export type TypeOf = (variable: number) => Type | undefined

/**
 * What holds after `test` came out as `outcome`, on top of what is known. Only variables that are written once are
 * narrowed: `typeOf` gives `undefined` for the others.
 */
export function narrow(test: Node, outcome: boolean, known: Narrowed, typeOf: TypeOf): Narrowed {
  switch (test.kind) {
    case 'ref':
      return outcome ? update(test, known, typeOf, withoutNil) : known
    case 'apply':
      return narrowByCall(test.callee, test.args, outcome, known, typeOf)
    case 'and':
      return outcome ? test.operands.reduce((so, operand) => narrow(operand, true, so, typeOf), known) : known
    case 'or':
      return outcome
        ? known
        : test.operands.reduce((so, operand) => narrow(operand, false, so, typeOf), known)
    default:
      return known
  }
}

function narrowByCall(
  callee: Node,
  args: readonly Node[],
  outcome: boolean,
  known: Narrowed,
  typeOf: TypeOf,
): Narrowed {
  const [arg] = args
  if (callee.kind !== 'ref' || callee.scope !== 'builtin' || args.length !== 1 || arg === undefined)
    return known
  if (callee.name === 'not') return narrow(arg, !outcome, known, typeOf)
  const shown = tests.get(callee.name)
  if (shown === undefined) return known
  return update(arg, known, typeOf, type => (outcome ? meet(type, shown) : without(type, shown)))
}

function update(node: Node, known: Narrowed, typeOf: TypeOf, change: (type: Type) => Type): Narrowed {
  if (node.kind !== 'ref' || node.scope !== 'local') return known
  const type = known.get(node.variable) ?? typeOf(node.variable)
  if (type === undefined) return known
  const better = change(type)
  return better === type ? known : new Map(known).set(node.variable, better)
}

/** What of `type` can pass the test. */
function meet(type: Type, shown: Type): Type {
  if (type.kind === 'primitive' && type.name === 'any') return shown
  const members = membersOf(type).flatMap(member => {
    if (isSubtype(member, shown, undefined, { exact: true })) return [member]
    if (isSubtype(shown, member, undefined, { exact: true })) return [shown]
    // A test tells Integer and Float apart, which `typesConflict` lets pass for annotations.
    return typesConflict(member, shown) || isNumber(member) ? [] : [member]
  })
  return join(members)
}

function without(type: Type, shown: Type): Type {
  if (type.kind !== 'union') return isSubtype(type, shown, undefined, { exact: true }) ? types.never : type
  return join(membersOf(type).filter(member => !isSubtype(member, shown, undefined, { exact: true })))
}

function isNumber(type: Type): boolean {
  return type.kind === 'primitive' && (type.name === 'int' || type.name === 'float')
}
