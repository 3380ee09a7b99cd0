import { HostFunction, type ResolveType, type Type, type Value } from '@rtfs/core'
import { checkArity, findBuiltin } from '@rtfs/stdlib'
import type { Constant } from '../metadata/constants.js'
import { CatchIn, TypeIn } from './linked-operations.js'
import { CompiledClosure } from './objects.js'
import { rejected } from './policy.js'
import type { Running } from './running.js'
import { checkType } from './semantics.js'

/** The objects behind the constants of a module, by number. */
export function makeConstants(constants: readonly Constant[], running: Running): readonly unknown[] {
  return constants.map(constant => makeConstant(constant, running))
}

function makeConstant(constant: Constant, running: Running): unknown {
  switch (constant.kind) {
    case 'value':
      return constant.value
    case 'builtin': {
      const builtin = findBuiltin(constant.name)
      if (builtin === undefined) throw rejected(`it names a library function ${constant.name}`)
      return builtin
    }
    case 'function': {
      const code = running.functions[constant.index]
      if (code === undefined) throw rejected('it names a function it does not have')
      return new CompiledClosure(running, code, [])
    }
    case 'type':
      return new TypeIn(constant.type, running.resolverOf(constant.frame))
    case 'catch':
      return new CatchIn(constant.pattern, running.resolverOf(constant.frame))
    case 'import':
      return constant.request
    case 'module':
      return constant.head
    case 'template':
      return constant.template
    case 'struct':
      return structConstructor(constant.name, constant.type, running.resolverOf(constant.frame), running)
  }
}

/** The constructor that `defstruct` defines: gives the map back when it conforms (LANGUAGE §5.17). */
function structConstructor(name: string, type: Type, resolve: ResolveType, running: Running): HostFunction {
  return new HostFunction(name, (args: readonly Value[]) => {
    checkArity(name, { min: 1, max: 1 }, args.length)
    // It may be called in a later run of the same session, when the instance is not part of any.
    const { meter } = running.context ?? running
    return checkType(args[0]!, type, `${name}/param value`, resolve, meter)
  })
}
