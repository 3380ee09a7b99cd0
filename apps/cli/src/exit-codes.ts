/** What the process answers with. */
export const exitCodes = {
  done: 0,
  /** The program failed: an RTFS error. */
  failed: 1,
  /** Wrong usage. */
  usage: 2,
  /** The program is invalid: it does not parse, or its types do not fit. */
  invalid: 3,
  /** The environment failed: store, network, trust. */
  environment: 4,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
