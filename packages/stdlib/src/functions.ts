import { RtfsSequence, typeError, typeName, type Value } from '@rtfs/core'
import { type BuiltinDefinition, DerivedFunction, type StepImplementation } from './builtin.js'
import { define, unary, variadic } from './define.js'
import { callable } from './signatures.js'

/** Functions about functions (LANGUAGE §13.5). */
export function functions(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'apply',
      section: '13.5',
      signature: `[:=> [${callable} :any & :any] :any]`,
      doc: 'Calls the function with the arguments before the last one and the elements of the last, a vector, list or nil.',
      examples: { '(apply + 1 [2 3])': '6', '(apply str nil)': '""', '(apply + {:a 1})': '! TypeError' },
      implementation: {
        kind: 'steps',
        *steps(args, { meter }) {
          const all = spread(args)
          meter.charge(all.length)
          return yield { fn: args[0]!, args: all }
        },
        direct(args, { meter }, invoke) {
          const all = spread(args)
          meter.charge(all.length)
          return invoke(args[0]!, all)
        },
      },
    }),
    define({
      name: 'identity',
      section: '13.5',
      signature: '[:=> [:any] :any]',
      doc: 'The argument itself.',
      examples: { '(identity 1)': '1' },
      total: true,
      implementation: unary(x => x),
    }),
    define({
      name: 'constantly',
      section: '13.5',
      signature: '[:=> [:any] :fn]',
      doc: 'A function of any arguments that always gives the value.',
      examples: { '((constantly 1) 2 3)': '1' },
      total: true,
      implementation: unary(
        x =>
          new DerivedFunction(
            undefined,
            { min: 0, max: Infinity },
            variadic(() => x, { call1: () => x, call2: () => x }),
          ),
      ),
    }),
    define({
      name: 'comp',
      section: '13.5',
      signature: `[:=> [& ${callable}] :fn]`,
      doc: 'A function that calls the last function with its arguments, the one before with that result, and so on.',
      examples: { '((comp inc inc) 1)': '3', '((comp) 1)': '1', '((comp str +) 1 2)': '"3"' },
      total: true,
      implementation: variadic(compose),
    }),
    define({
      name: 'partial',
      section: '13.5',
      signature: `[:=> [${callable} & :any] :fn]`,
      doc: 'A function that calls the function with these arguments followed by its own.',
      examples: { '((partial + 1) 2 3)': '6' },
      total: true,
      implementation: variadic(args => {
        const [fn, ...bound] = args as [Value, ...Value[]]
        return new DerivedFunction(
          undefined,
          { min: 0, max: Infinity },
          {
            kind: 'steps',
            *steps(rest) {
              return yield { fn, args: [...bound, ...rest] }
            },
            direct: (rest, _, invoke) => invoke(fn, [...bound, ...rest]),
          },
        )
      }),
    }),
    define({
      name: 'complement',
      section: '13.5',
      signature: `[:=> [${callable}] :fn]`,
      doc: 'A function that is true where the function is falsy, and the other way round.',
      examples: { '((complement odd?) 2)': 'true', '(filter (complement nil?) [1 nil])': '[1]' },
      total: true,
      implementation: unary(
        fn =>
          new DerivedFunction(
            undefined,
            { min: 0, max: Infinity },
            {
              kind: 'steps',
              *steps(args) {
                return isFalsy(yield { fn, args })
              },
              direct: (args, _, invoke) => isFalsy(invoke(fn, args)),
            },
          ),
      ),
    }),
  ]
}

/** The arguments of `apply` after the function, the last one taken apart. */
function spread(args: readonly Value[]): Value[] {
  const last = args[args.length - 1]!
  const all = args.slice(1, -1)
  if (last === null) return all
  if (!(last instanceof RtfsSequence)) throw typeError('apply', 'vector, list or nil', typeName(last))
  for (let i = 0; i < last.size; i++) all.push(last.at(i))
  return all
}

function compose(fns: readonly Value[]): Value {
  const last = fns[fns.length - 1]
  if (last === undefined) {
    return new DerivedFunction(
      undefined,
      { min: 1, max: 1 },
      unary(x => x),
    )
  }
  const implementation: StepImplementation = {
    kind: 'steps',
    *steps(args) {
      let value = yield { fn: last, args }
      for (let i = fns.length - 2; i >= 0; i--) value = yield { fn: fns[i]!, args: [value] }
      return value
    },
    direct(args, _, invoke) {
      let value = invoke(last, args)
      for (let i = fns.length - 2; i >= 0; i--) value = invoke(fns[i]!, [value])
      return value
    },
  }
  return new DerivedFunction(undefined, { min: 0, max: Infinity }, implementation)
}

function isFalsy(value: Value): boolean {
  return value === null || value === false
}
