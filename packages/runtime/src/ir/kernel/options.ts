/** How hot loops and recursive functions over numbers run in the IR runtime. They give the same whatever is chosen. */
export interface KernelOptions {
  /**
   * `wasm` (default): as WebAssembly that is made while the program runs, loops first as register code; where
   * `WebAssembly` is absent or may not be compiled, as `registers`. `registers`: loops as register code, functions as
   * closures, nothing is generated. `off`: everything as closures.
   */
  readonly engine?: 'wasm' | 'registers' | 'off'
  /** Rounds of a loop and calls of a function after which they count as hot. Default: as measured; small for tests. */
  readonly after?: number
}

/** When what happens. */
export interface KernelPolicy {
  readonly engine: 'wasm' | 'registers' | 'off'
  /** Rounds that the closures run before a loop gets its first kernel. */
  readonly rounds: number
  /** Fuel that a loop spends before it becomes WebAssembly. */
  readonly units: number
  /** Calls of a function before it becomes WebAssembly. */
  readonly calls: number
  /** Fuel that the closures spend at least after a dropped call, before the kernel is tried again. */
  readonly pause: number
}

/** Compiling a module takes about 0.2 ms: as long as these take without. */
const measured = { rounds: 32, units: 20_000, calls: 400, pause: 1000 }

export function kernelPolicy({ engine = 'wasm', after }: KernelOptions = {}): KernelPolicy {
  return after === undefined
    ? { engine, ...measured }
    : { engine, rounds: after, units: 0, calls: after, pause: 0 }
}
