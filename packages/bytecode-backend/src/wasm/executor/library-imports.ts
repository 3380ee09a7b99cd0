import { internalError, type RtfsVector, type Value } from '@rtfs/core'
import { findBuiltin, type Implementation, type PlainImplementation } from '@rtfs/stdlib'
import { type ArgumentCount, unmeteredFunctions } from '../abi.js'
import { charging, raising } from './host-operations.js'
import { type Running, runSteps } from './running.js'

// biome-ignore lint/suspicious/noExplicitAny: the types of imports are those of the ABI, not of TypeScript
type Operation = (...args: any[]) => unknown

/** The function behind an import of the module `lib`. `asFlag`: its boolean crosses as i32. */
export function libraryImport(
  name: string,
  count: ArgumentCount,
  asFlag: boolean,
  running: Running,
): Operation {
  const { implementation } = findBuiltin(name)!.definition
  if (count === 'many') {
    const operation = manyOperation(implementation, running)
    return charging(running, asFlag ? flag(operation, 1) : operation, 1)
  }
  if (implementation.kind === 'steps') {
    const operation = (...args: Value[]): Value => {
      running.takeDepth()
      return runSteps(implementation, args, running, running.invokerAt(running.site))
    }
    return charging(running, asFlag ? flag(operation, -1) : operation, count)
  }
  const operation = plainOperation(implementation, count, running)
  const finished = asFlag ? flag(operation, count) : operation
  return unmeteredFunctions.has(name) ? raising(running, finished, count) : charging(running, finished, count)
}

/** Takes the vector of the arguments. */
function manyOperation(implementation: Implementation, running: Running): Operation {
  if (implementation.kind === 'plain') return (args: RtfsVector) => implementation.call([...args], running)
  return (args: RtfsVector) => {
    running.takeDepth()
    return runSteps(implementation, [...args], running, running.invokerAt(running.site))
  }
}

/** The fastest way to call a function that does not call back with so many arguments. */
function plainOperation(implementation: PlainImplementation, count: number, running: Running): Operation {
  const { call, call1, call2, call3 } = implementation
  switch (count) {
    case 0:
      return () => call([], running)
    case 1:
      return call1 === undefined ? a => call([a], running) : a => call1(a, running)
    case 2:
      return call2 === undefined ? (a, b) => call([a, b], running) : (a, b) => call2(a, b, running)
    case 3:
      return call3 === undefined
        ? (a, b, c) => call([a, b, c], running)
        : (a, b, c) => call3(a, b, c, running)
    default:
      return (...args: Value[]) => call(args, running)
  }
}

/** A boolean as 1 or 0: converting it is the engine's slow path. */
function flag(operation: Operation, count: number): Operation {
  const toFlag = (value: unknown): number => {
    if (typeof value !== 'boolean') throw internalError('a library function gave no boolean')
    return value ? 1 : 0
  }
  switch (count) {
    case 1:
      return a => toFlag(operation(a))
    case 2:
      return (a, b) => toFlag(operation(a, b))
    default:
      return (...args) => toFlag(operation(...args))
  }
}
