import { type Comparison, constant, type Form, type Operation, operation } from './form.js'

/** The form of a library function's call on numbers, without its charge; `undefined` when it is none of kernels. */
export function libraryForm(name: string, args: readonly Form[]): Form | undefined {
  const [a, b] = args
  if (a === undefined || args.some(arg => arg.type === 'none')) return undefined
  const comparison = comparisons.get(name)
  if (comparison !== undefined)
    return b !== undefined && args.length === 2 ? compare(comparison, a, b) : undefined
  if (args.length === 1) return unary(name, a)
  if (args.length > 2 && !folds.has(name)) return undefined
  return args
    .slice(1)
    .reduce<Form | undefined>((left, right) => (left === undefined ? left : binary(name, left, right)), a)
}

/** The same number as a Float. */
export function asFloat(form: Form): Form {
  return form.type === 'float' ? form : operation('to-float', 'float', form)
}

const folds: ReadonlySet<string> = new Set(['+', '-', '*', '/', 'max', 'min'])

const integers: ReadonlyMap<string, Operation> = new Map([
  ['+', 'add-int'],
  ['-', 'sub-int'],
  ['*', 'mul-int'],
  ['quot', 'quot-int'],
  ['rem', 'rem-int'],
  ['mod', 'mod-int'],
  ['max', 'max-int'],
  ['min', 'min-int'],
])

/** With at least one Float. */
const floats: ReadonlyMap<string, Operation> = new Map([
  ['+', 'add-float'],
  ['-', 'sub-float'],
  ['*', 'mul-float'],
  ['/', 'div-float'],
  ['quot', 'quot-float'],
  ['max', 'max-float'],
  ['min', 'min-float'],
])

/** The greater of an Integer and a Float has the type of the one that it is. */
const ofOneType: ReadonlySet<string> = new Set(['max', 'min'])

function binary(name: string, a: Form, b: Form): Form | undefined {
  if (a.type === 'bool' || b.type === 'bool') return undefined
  if (a.type === 'int' && b.type === 'int') {
    const found = integers.get(name)
    return found && operation(found, 'int', a, b)
  }
  if (a.type !== b.type && ofOneType.has(name)) return undefined
  const found = floats.get(name)
  return found && operation(found, 'float', asFloat(a), asFloat(b))
}

function unary(name: string, a: Form): Form | undefined {
  if (a.type === 'bool') return name === 'not' ? operation('not', 'bool', a) : undefined
  const isInt = a.type === 'int'
  const one = constant(1, isInt ? 'int' : 'float')
  const zero = constant(0, isInt ? 'int' : 'float')
  switch (name) {
    case '+':
    case '*':
    case 'max':
    case 'min':
      return a
    case 'inc':
      return binary('+', a, one)
    case 'dec':
      return binary('-', a, one)
    case '-':
      return isInt ? operation('neg-int', 'int', a) : operation('neg-float', 'float', a)
    case 'abs':
      return isInt ? operation('abs-int', 'int', a) : operation('abs-float', 'float', a)
    case '/':
      return isInt ? undefined : operation('div-float', 'float', one, a)
    case 'sqrt':
      return operation('sqrt-float', 'float', asFloat(a))
    case 'float':
      return asFloat(a)
    case 'int':
      return isInt ? a : operation('truncate', 'int', a)
    case 'floor':
    case 'ceil':
    case 'round':
      return isInt ? a : operation(name, 'int', a)
    case 'zero?':
      return compare('equal', a, zero)
    case 'pos?':
      return compare('greater', a, zero)
    case 'neg?':
      return compare('less', a, zero)
    case 'even?':
      return isInt ? operation('even', 'bool', a) : undefined
    case 'odd?':
      return isInt ? operation('odd', 'bool', a) : undefined
    default:
      return undefined
  }
}

type Compared = { readonly comparison: Comparison; readonly sameType: boolean }

/** `=` of an Integer and a Float is another question than whether they are the same number. */
const comparisons: ReadonlyMap<string, Compared> = new Map([
  ['<', { comparison: 'less', sameType: false }],
  ['<=', { comparison: 'less-equal', sameType: false }],
  ['>', { comparison: 'greater', sameType: false }],
  ['>=', { comparison: 'greater-equal', sameType: false }],
  ['==', { comparison: 'equal', sameType: false }],
  ['=', { comparison: 'equal', sameType: true }],
  ['!=', { comparison: 'unequal', sameType: true }],
  ['not=', { comparison: 'unequal', sameType: true }],
])

function compare(compared: Compared | Comparison, a: Form, b: Form): Form | undefined {
  const { comparison, sameType } =
    typeof compared === 'string' ? { comparison: compared, sameType: false } : compared
  if (a.type === 'bool' || b.type === 'bool') {
    if (a.type !== b.type || !sameType) return undefined
    return operation(comparison === 'equal' ? 'equal-bool' : 'unequal-bool', 'bool', a, b)
  }
  if (a.type === 'int' && b.type === 'int') return operation(`${comparison}-int`, 'bool', a, b)
  if (a.type !== b.type && sameType) return undefined
  // A safe integer is exact as a Float.
  return operation(`${comparison}-float`, 'bool', asFloat(a), asFloat(b))
}
