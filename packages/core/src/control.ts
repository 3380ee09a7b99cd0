/**
 * The signal that a run needs its host: thrown by `host.perform`, it passes every RTFS `catch` and `finally` and
 * crosses WebAssembly frames like any exception; the driver performs the effects and evaluates again. Not an
 * Error: no stack is captured, since suspending is ordinary.
 */
export class Suspended {
  /** Tells the signal apart even when two copies of this package are loaded. */
  readonly '~rtfs.suspended': true = true
  /** The effects to perform, in program order; several when `parallel` collected those of its branches. */
  readonly effects: readonly unknown[]
  constructor(effects: readonly unknown[]) {
    this.effects = effects
  }
}

/** True for the suspension signal of any copy of this package. */
export function isSuspended(error: unknown): error is Suspended {
  return typeof error === 'object' && error !== null && '~rtfs.suspended' in error
}
