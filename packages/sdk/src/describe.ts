import type { SourceText } from '@rtfs/core'
import type { FunctionDescription } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { hasErrors } from '@rtfs/parser'
import { type DelegationOptions, parseProgram } from '@rtfs/runtime'
import { describeFunction, functionsOf } from './functions.js'

type Describe = NonNullable<DelegationOptions['describe']>

/** Tells delegation the hashes of a function: its unit is lowered once, from the text that it was defined in. */
export function createDescriber(): Describe {
  const known = new WeakMap<SourceText, ReadonlyMap<string, FunctionDescription>>()
  return ({ symbol, unit }) => {
    const { source } = unit
    if (source === undefined) return undefined
    let descriptions = known.get(source)
    if (descriptions === undefined) known.set(source, (descriptions = descriptionsOf(source)))
    return descriptions.get(symbol)
  }
}

function descriptionsOf(source: SourceText): ReadonlyMap<string, FunctionDescription> {
  const parsed = parseProgram(source.text)
  if (hasErrors(parsed)) return new Map()
  const { unit } = lower(parsed.program)
  return new Map(functionsOf(unit).map(info => [info.symbol, describeFunction(info)]))
}
