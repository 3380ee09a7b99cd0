import { formatType, primitive, type RtfsError, type Type, unresolvedFunction } from '@rtfs/core'
import type { Fn } from '@rtfs/parser'
import type { UnitFrame } from './environment.js'
import type { FunctionDeclaration } from './services.js'

/** The name a definition is known by outside: with its module, when it has one. */
export function qualifiedName(unit: UnitFrame, name: string): string {
  return unit.module === undefined ? name : `${unit.module}/${name}`
}

const declarations = new WeakMap<Fn, FunctionDeclaration>()

/** What delegation must know of a function form. */
export function declarationOf(fn: Fn): FunctionDeclaration {
  let declaration = declarations.get(fn)
  if (declaration === undefined) {
    declaration = {
      hint: fn.hint,
      doc: fn.doc,
      meta: fn.meta,
      params: fn.params.map(param => ({ type: param.type?.type })),
      rest: fn.rest === undefined ? undefined : { type: fn.rest.type?.type },
      returnType: fn.returnType?.type,
      hasBody: fn.body.length > 0 || fn.hint === undefined,
    }
    declarations.set(fn, declaration)
  }
  return declaration
}

/** The function type of a declaration; what has no annotation is `any`. */
export function typeOfDeclaration(declaration: FunctionDeclaration): Type {
  const any = primitive('any')
  return {
    kind: 'function',
    params: declaration.params.map(param => param.type ?? any),
    rest: declaration.rest === undefined ? undefined : (declaration.rest.type ?? any),
    result: declaration.returnType ?? any,
  }
}

/** The error of calling a declaration without a body that nothing answers for (LANGUAGE §15.5). */
export function withoutImplementation(
  symbol: string,
  declaration: FunctionDeclaration,
  reason: string = 'it has no body and no delegation is configured',
): RtfsError {
  return unresolvedFunction(symbol, formatType(typeOfDeclaration(declaration)), reason)
}
