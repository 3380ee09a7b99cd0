import type { Body } from './body.js'
import { code, i64, nothing } from './opcodes.js'
import { accountSlot, budgetSlot, spentSlot } from './slots.js'

/** Index of the imported function `tick`: told what is spent, it says how much may be; it throws to drop everything. */
export const tickIndex = 0

/** Where a kernel counts the fuel that it spends. */
export interface Account {
  /** Reads what the caller allows. */
  begin(body: Body): void
  spend(body: Body, units: number): void
  /** Leaves on the stack whether more is spent than was allowed. */
  isOver(body: Body): void
  /** Asks for more when it is. */
  settle(body: Body): void
  /** Tells the caller what is spent. */
  report(body: Body): void
}

/** In locals, for one function that calls nothing. */
export class OwnAccount implements Account {
  readonly #spent: number
  readonly #budget: number
  readonly #before: number

  constructor(body: Body) {
    this.#spent = body.local(i64)
    this.#budget = body.local(i64)
    this.#before = body.local(i64)
  }

  begin(body: Body): void {
    body.load(code.f64Load, accountSlot).op(code.i64TruncF64S).set(this.#budget)
  }

  spend(body: Body, units: number): void {
    body.get(this.#spent).i64(units).op(code.i64Add).set(this.#spent)
  }

  isOver(body: Body): void {
    body.get(this.#spent).get(this.#budget).op(code.i64GtS)
  }

  settle(body: Body): void {
    this.isOver(body)
    body.open(code.if, nothing)
    body.get(this.#spent).op(code.f64ConvertI64S).call(tickIndex).op(code.i64TruncF64S).set(this.#budget)
    body.close()
  }

  /** A round is complete. */
  complete(body: Body): void {
    body.get(this.#spent).set(this.#before)
  }

  report(body: Body): void {
    body.store(code.f64Store, accountSlot, () => body.get(this.#spent).op(code.f64ConvertI64S))
  }

  /** Tells the caller what was spent when the last round was complete. */
  reportComplete(body: Body): void {
    body.store(code.f64Store, accountSlot, () => body.get(this.#before).op(code.f64ConvertI64S))
  }
}

/** In memory, for functions that call one another. */
export const sharedAccount: Account = {
  begin(body) {
    body.store(code.i64Store, spentSlot, () => body.i64(0))
    body.store(code.i64Store, budgetSlot, () => body.load(code.f64Load, accountSlot).op(code.i64TruncF64S))
  },
  spend(body, units) {
    body.store(code.i64Store, spentSlot, () => body.load(code.i64Load, spentSlot).i64(units).op(code.i64Add))
  },
  isOver(body) {
    body.load(code.i64Load, spentSlot).load(code.i64Load, budgetSlot).op(code.i64GtS)
  },
  settle(body) {
    this.isOver(body)
    body.open(code.if, nothing)
    body.store(code.i64Store, budgetSlot, () =>
      body.load(code.i64Load, spentSlot).op(code.f64ConvertI64S).call(tickIndex).op(code.i64TruncF64S),
    )
    body.close()
  },
  report(body) {
    body.store(code.f64Store, accountSlot, () => body.load(code.i64Load, spentSlot).op(code.f64ConvertI64S))
  },
}
