import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

export interface TerminalOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
}

/** A process in a pseudo-terminal, and the screen that a person would see. */
export function startInTerminal(args: readonly string[], options: TerminalOptions) {
  const { cwd, env, columns = 80, rows = 24 } = options
  const screen = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true })
  const child = spawn(process.execPath, [...args], {
    name: env['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { ...process.env, ...env } as Record<string, string>,
  })
  let raw = ''
  let code: number | undefined
  child.onData(data => {
    raw += data
    screen.write(data)
  })
  child.onExit(({ exitCode }) => {
    code = exitCode
  })

  /** Lines of the screen, those that scrolled away first; without blanks at the end. */
  function lines(): readonly string[] {
    const { active } = screen.buffer
    const all = Array.from(
      { length: active.length },
      (_, i) => active.getLine(i)?.translateToString(true) ?? '',
    )
    while (all.at(-1) === '') all.pop()
    return all
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + 20_000
    while (!holds()) {
      if (Date.now() > end) throw new Error(`${what} did not come; the screen:\n${lines().join('\n')}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }

  return {
    type: (text: string) => child.write(text),
    lines,
    text: () => lines().join('\n'),
    raw: () => raw,
    /** Presses a key until the screen has a text, as a person would: a signal may come in a moment that loses it. */
    pressUntil: (key: string, text: string) => {
      let pressed = 0
      return until(`'${text}'`, () => {
        if (lines().join('\n').includes(text)) return true
        if (Date.now() - pressed > 500) {
          pressed = Date.now()
          child.write(key)
        }
        return false
      })
    },
    /** Waits until the screen has a text, `times` times. */
    see: (text: string, times = 1) => until(`'${text}'`, () => lines().join('\n').split(text).length > times),
    /** Waits until the last line is this. */
    seeLast: (line: string) =>
      until(`the last line '${line}'`, () => (lines().at(-1) ?? '').trimEnd() === line),
    resize(nextColumns: number, nextRows: number) {
      child.resize(nextColumns, nextRows)
      screen.resize(nextColumns, nextRows)
    },
    async ended(): Promise<number> {
      await until('the end', () => code !== undefined)
      return code!
    },
    kill: () => {
      if (code === undefined) child.kill()
    },
  }
}
