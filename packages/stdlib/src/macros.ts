import { invalidProgram } from '@rtfs/core'
import { stringOf } from './arguments.js'
import type { BuiltinDefinition, ExpansionContext, LibraryContext } from './builtin.js'
import { define, unary, variadic } from './define.js'

/** Services of the macro expander (LANGUAGE §8): they exist only while macros are expanded. */
export function macros(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'gensym',
      section: '8',
      signature: '[:=> [& :string] :symbol]',
      max: 1,
      doc: 'A fresh symbol, its name beginning with the prefix.',
      examples: { '(gensym)': '! InvalidProgram' },
      implementation: variadic((args, context) => {
        const prefix = args.length === 0 ? 'G__' : stringOf(args[0]!, 'gensym')
        return expansionOf(context, 'gensym').gensym(prefix)
      }),
    }),
    define({
      name: 'macroexpand',
      section: '8',
      signature: '[:=> [:any] :any]',
      doc: 'The form with its outermost macro call expanded until it is no macro call any more.',
      examples: { "(macroexpand '(f 1))": '! InvalidProgram' },
      implementation: unary((form, context) => expansionOf(context, 'macroexpand').macroexpand(form, false)),
    }),
    define({
      name: 'macroexpand-1',
      section: '8',
      signature: '[:=> [:any] :any]',
      doc: 'The form with its outermost macro call expanded once.',
      examples: { "(macroexpand-1 '(f 1))": '! InvalidProgram' },
      implementation: unary((form, context) => expansionOf(context, 'macroexpand-1').macroexpand(form, true)),
    }),
  ]
}

function expansionOf(context: LibraryContext, operation: string): ExpansionContext {
  if (context.expansion === undefined)
    throw invalidProgram(`${operation} works only while macros are expanded`)
  return context.expansion
}
