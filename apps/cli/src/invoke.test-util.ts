import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from './cli.js'
import type { Io } from './io.js'

/** What a command did. */
export interface Invocation {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface InvokeOptions {
  readonly input?: string | readonly Uint8Array[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly io?: Partial<Io>
}

/** Runs the command in this process. */
export async function invoke(args: readonly string[], options: InvokeOptions = {}): Promise<Invocation> {
  const { input = '', env = {}, cwd = tmpdir() } = options
  const out: Uint8Array[] = []
  let err = ''
  const code = await run(args, {
    out: content => out.push(typeof content === 'string' ? Buffer.from(content) : content),
    err: text => {
      err += text
    },
    input: async function* () {
      yield* typeof input === 'string' ? [Buffer.from(input)] : input
    },
    env,
    cwd,
    outIsTerminal: false,
    errIsTerminal: false,
    color: false,
    errorColor: false,
    ...options.io,
  })
  return { code, out: Buffer.concat(out).toString('utf8'), err }
}

/** A fresh directory with these files. */
export function directoryWith(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'rtfs-cli-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

/** Answers of `rtfs eval --jsonl` to these requests; a text is a line as it is. */
export async function answers(
  requests: readonly (object | string)[],
  options: Omit<InvokeOptions, 'input'> & { readonly flags?: readonly string[] } = {},
): Promise<{ readonly lines: readonly Answer[]; readonly err: string; readonly code: number }> {
  const input = requests.map(each => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n')
  const { code, out, err } = await invoke(['eval', '--jsonl', ...(options.flags ?? [])], {
    ...options,
    input,
  })
  const lines = out
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
  return { lines, err, code }
}

/** One answer, with every field that one may have. */
export interface Answer {
  readonly id: unknown
  readonly ok: boolean
  readonly value?: string
  readonly tier?: string
  readonly phase?: string
  readonly error?: {
    readonly kind: string
    readonly type: string
    readonly code: string
    readonly message: string
    readonly span: object | null
  }
}
