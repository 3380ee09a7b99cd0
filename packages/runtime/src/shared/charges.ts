import { budgetExhausted, type Meter } from '@rtfs/core'

/*
 * What the language itself is charged; every tier charges the same, so that fuel and depth run out at the same place
 * (LIMITS). What library functions charge for their own work is in the library.
 *
 * | event                                                              | fuel | depth | memory                |
 * |--------------------------------------------------------------------|------|-------|-----------------------|
 * | call of anything callable: closure, library function, keyword,     | 1    |       |                       |
 * |   struct constructor, host function; tail calls and callbacks too; |      |       |                       |
 * |   charged after the arguments are evaluated, before the arity check|      |       |                       |
 * | non-tail call of a closure, after the arity check, for as long as  |      | 1     |                       |
 * |   it is in progress; callbacks are never tail calls                |      |       |                       |
 * | `recur` to a loop or a function, before the arguments are bound    | 1    |       |                       |
 * | entry of a `loop`                                                  | 0    |       |                       |
 * | iteration of `dotimes`, `step-loop`, before the body or the test   | 1    |       |                       |
 * | element taken by a binding of `for`, before it is bound            | 1    |       |                       |
 * | result put into the vector of a `for`                              |      |       | 1 element             |
 * | vector literal, map literal, when it is complete                   |      |       | n, 2n elements        |
 * | rest parameter, rest of a vector pattern: each element             | 1    |       | 1 element             |
 * | rest of a map pattern: each entry of the map taken apart           | 1    |       | 2 elements            |
 * | check against a type without parts (`:int`, `:float`, `:map`, ...)  | 0    |       |                       |
 * | check against any other type: each value looked at, as core counts | 1    |       |                       |
 * | `match` or `case` literal: each nested element compared            | 1    |       |                       |
 * | spliced element, element of a quasiquote                           | 1    |       | 1 element             |
 * | `is` of an equality: the call of `=`                               | 1    |       |                       |
 * | `parallel`, `step-parallel`: the result                            |      |       | 2n, n elements        |
 * | `log-step`, `log`, `print`, `println`: bytes of the texts, as      |      |       |                       |
 * |   output, when there is somebody to read them                      |      |       |                       |
 *
 * Nothing else is charged: `if`, `let`, `do`, `match`, `try`, reads of names, `call` (the host's work is its own).
 * `recur` is 1, as is the tail call it stands for. A call that delegation answers is charged 1 like any other.
 */

/** Charges a `recur` or one round of an iteration. */
export function chargeIteration(meter: Meter): void {
  meter.charge(1)
}

/** Charges the elements of a rest list, or of anything else the language itself puts together element by element. */
export function chargeElements(meter: Meter, count: number): void {
  if (count === 0) return
  meter.elements(count)
  meter.charge(count)
}

/** Accounts one result of a `for` whose vector then has `size` elements. */
export function chargeResult(meter: Meter, size: number): void {
  if (size > meter.limits.collectionSize) throw budgetExhausted('collection', meter.limits.collectionSize)
  meter.elements(1)
}
