import { budgetExhausted, type Meter } from '@rtfs/core'

/*
 * What a library function is charged, besides the 1 that the tier charges for the call itself. Every tier runs the
 * same code, so these numbers are the same everywhere.
 *
 * Fuel
 * - 1 for an element that is walked over or put into a new collection; an element that is walked over *and* taken
 *   over into the result counts once. So `map`, `filter` and `reverse` cost n, `take 3` costs 3, `range 10` costs 10,
 *   `cons` costs the length of its result, `first` and `nth` of a vector cost nothing.
 * - Functions that call back charge element by element, before the call; the others charge once, before the work.
 * - `rest`, `take`, `drop`, `subvec` that leave at least half of a vector: 1 per 64 elements, and no memory.
 * - A string taken apart into characters, a map into `[k v]` entries: 1 a character or entry, for making them.
 * - `sort`, `sort-by`: 1 an element, and 1 for every comparison made.
 * - Equality, order and printing of nested values: 1 for every nested element looked at.
 * - A regular expression: length of the text × size of the compiled pattern / 8 for the search.
 * - A string that is only scanned (counted, searched, compared): 1 per 64 code units, the same as for making one.
 *
 * Memory
 * - A new collection accounts its elements (a map its entries twice: key and value), a new string its code units,
 *   *before* it is built, so that `(range 1e12)` fails at once and allocates nothing.
 * - A collection that grows out of another (`conj`, `assoc`) accounts only what was added.
 */

/** Charges and accounts a new collection of `size` elements. */
export function chargeMade(meter: Meter, size: number): void {
  meter.elements(size)
  meter.charge(size)
}

/** Accounts `added` elements joining a collection, which then has `total`; the caller charges the fuel. */
export function accountGrowth(meter: Meter, total: number, added: number): void {
  if (total > meter.limits.collectionSize) throw budgetExhausted('collection', meter.limits.collectionSize)
  meter.elements(added)
}

/** Charges a look through `units`, which cost next to nothing each: code units of text. */
export function chargeScan(meter: Meter, units: number): void {
  if (units >= 64) meter.charge(Math.floor(units / 64))
}

/** Accounts and charges a text just about to become a value; gives it back. */
export function made(meter: Meter, text: string): string {
  meter.string(text.length)
  return text
}
