import { isRtfsError, type RtfsError, type Span } from '@rtfs/core'
import type { UnitFrame } from './environment.js'

/*
 * Where an error is reported; the same in every tier. The innermost form that knows sets the span, once.
 *
 * | error                                                                   | span                              |
 * |-------------------------------------------------------------------------|-----------------------------------|
 * | raised by a library function; ArityMismatch, NotCallable, StackOverflow,| the Call node that made the call; |
 * |   BudgetExhausted, UnresolvedFunction; TypeValidationError of a         |   for a callback the Call node of |
 * |   parameter or a struct constructor; parameter patterns are below       |   the library function            |
 * | UndefinedSymbol, ModuleError of a name that is not exported             | the symbol                        |
 * | TypeValidationError of a result                                         | the return type annotation        |
 * | TypeValidationError of `let`, `loop`, `def`, `parallel`, `with-resource`| the init expression               |
 * |   of a loop annotation at a `recur`                                     | the argument of the `recur`       |
 * |   of a parameter at a `recur`                                           | the `recur` form                  |
 * |   of `the`                                                              | the `the` form                    |
 * | destructuring of a value that does not fit                              | the pattern                       |
 * | MatchError                                                              | the `match` form                  |
 * | `throw`, `is`                                                           | the form                          |
 * | map literal: a key that is none                                         | the key form                      |
 * | quasiquote: a splice that is no sequence                                | the spliced form                  |
 * | `for`: a collection that is none                                        | the collection form               |
 * | `dotimes`: a count that is none                                         | the count form                    |
 * | host calls, `log-step`, steps, `discover-agents`, `@name`, `import`,    | the form                          |
 * |   module and object forms, iterations of `step-loop`                    |                                   |
 * | a budget that runs out at an iteration                                  | the form (`recur`, `dotimes`,     |
 * |                                                                         |   `step-loop`); of `for`, the     |
 * |                                                                         |   collection form                 |
 */

/** Gives an error that has no place yet the span of the form that raised it; returns it for throwing. */
export function locate(error: unknown, span: Span, unit?: UnitFrame): unknown {
  if (isRtfsError(error) && error.span === undefined && isPlaced(error)) {
    error.span = { start: span.start, end: span.end }
    if (unit?.file !== undefined) error.file = unit.file
  }
  return error
}

/** Faults of the world have no place in the program. */
function isPlaced(error: RtfsError): boolean {
  return error.value !== undefined
}
