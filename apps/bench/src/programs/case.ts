/** One program, written for each peer by hand. Every peer must give the same number. */
export interface BenchCase {
  /** What `--cases` takes. */
  readonly id: string
  readonly name: string
  readonly expected: number
  /**
   * The program for RTFS and for nbb, one text: it defines `run`, which is timed, and where `run` takes an argument
   * also `data`, which makes it once before the time is taken.
   */
  readonly source: string
  /** RTFS takes this text instead, where the case is about something that Clojure does not have. */
  readonly rtfsSource?: string
  /** The same in JavaScript, as one writes it. */
  readonly handwritten: JavaScriptProgram
  /** WebAssembly text with the same overflow checks, exporting `run` without parameters; for numbers only. */
  readonly wat?: string
  /** A new vector of the same elements for each call, made before the time is taken: nothing is known of it. */
  readonly freshData?: boolean
  /** Peers that would take seconds for one call, by id. */
  readonly leaveOut?: readonly string[]
}

/** `data` and `run` as in the text; QuickJS runs the text of the functions, so they use nothing from outside. */
export interface JavaScriptProgram {
  readonly data?: () => unknown
  readonly run: (data: never) => number
}
