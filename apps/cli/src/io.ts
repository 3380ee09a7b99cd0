/** Where a command reads and writes; tests hand in their own. */
export interface Io {
  readonly out: (content: string | Uint8Array) => void
  readonly err: (text: string) => void
  /** Standard input, in chunks as they come. */
  readonly input: () => AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** True when standard output is a terminal. */
  readonly outIsTerminal: boolean
  /** The same for standard error: then long work shows its progress. */
  readonly errIsTerminal: boolean
  /** True when results may be coloured: standard output is a terminal and nobody said no. */
  readonly color: boolean
  /** The same for diagnostics and progress on standard error. */
  readonly errorColor: boolean
}

/** The streams of this process. Colour is off with `NO_COLOR`, with `--no-color` and when it is not a terminal. */
export function processIo(args: readonly string[]): Io {
  const { env, stdin, stdout, stderr } = process
  const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && !args.includes('--no-color')
  return {
    out: content => {
      stdout.write(content)
    },
    err: text => {
      stderr.write(text)
    },
    input: () => stdin,
    env,
    cwd: process.cwd(),
    outIsTerminal: stdout.isTTY === true,
    errIsTerminal: stderr.isTTY === true,
    color: wanted && stdout.isTTY === true,
    errorColor: wanted && stderr.isTTY === true,
  }
}
