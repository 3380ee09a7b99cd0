import { type Diagnostic, isRtfsError, type SourceText } from '@rtfs/core'
import { checkTypes, lower } from '@rtfs/ir'
import { sourceOfError } from '@rtfs/runtime'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { exitCodeOf, UsageError } from '../failure.js'
import type { Io } from '../io.js'
import { reportFailure } from '../report.js'
import { readSourceFile } from '../source.js'
import { valueText } from '../value-text.js'
import { printDiagnostics } from '../warnings.js'
import type { Highlighter } from './highlight.js'
import { prettyValue } from './pretty.js'
import { type Prompt, replCommands } from './repl-commands.js'
import type { Evaluated, ReplSession } from './repl-session.js'

export interface ReplPromptOptions {
  readonly io: Io
  readonly session: ReplSession
  readonly highlight: Highlighter | undefined
  /** Columns of the terminal; `undefined`: values are printed whole, on one line each. */
  readonly columns: (() => number) | undefined
}

/** Runs what was typed, or read, and prints what comes of it. */
export class ReplPrompt {
  readonly #options: ReplPromptOptions
  #abort = new AbortController()
  isOver = false
  /** The worst that an entry came to: the exit code of a session that nobody sits at. */
  code: ExitCode = exitCodes.done

  constructor(options: ReplPromptOptions) {
    this.#options = options
  }

  /** Ends an entry that waits for an effect. */
  interrupt(): void {
    this.#abort.abort()
  }

  /** Runs an entry: a command, or forms. Never throws because of it. */
  async run(entry: string): Promise<void> {
    this.#abort = new AbortController()
    const [, name = '', argument = ''] = /^\s*(:[^\s()[\]{}"]+)(?:\s+([\s\S]*))?$/.exec(entry) ?? []
    try {
      const command = replCommands.get(name)
      if (command === undefined) await this.#evaluate(entry, false)
      else await command.run(argument.trim(), this.#prompt())
    } catch (error) {
      this.#report(error)
    }
  }

  /** Runs a file in the session. */
  async load(file: string): Promise<void> {
    const { io, session } = this.#options
    const { text } = readSourceFile(file, io)
    let last: Evaluated | undefined
    await session.evaluate(session.parse(text, file), this.#abort.signal, result => {
      last = result
    })
    if (last !== undefined) this.#print(last, false)
  }

  async #evaluate(text: string, timed: boolean): Promise<void> {
    const { io, session } = this.#options
    const parsed = session.parse(text)
    const warnings = [...parsed.diagnostics, ...this.#warnings(parsed)]
    // A name that nothing defines fails in a moment; inside a definition only the warning tells of it.
    const later = parsed.program.forms.filter(form => form.kind === 'defn' || form.kind === 'module')
    const isTold = ({ code, start }: Diagnostic): boolean =>
      code === 'UndefinedSymbol' && !later.some(form => form.start <= start && start < form.end)
    printDiagnostics(
      warnings.filter(item => !isTold(item)),
      parsed.source,
      io,
    )
    try {
      await session.evaluate(parsed, this.#abort.signal, result => this.#print(result, timed))
    } catch (error) {
      this.#report(error)
      const start = isRtfsError(error, 'UndefinedSymbol') ? error.span?.start : undefined
      const hint = warnings.find(item => isTold(item) && item.start === start)?.hint
      if (hint !== undefined) io.err(`  hint: ${hint}\n`)
    }
  }

  /** What the checker has against an entry, knowing the definitions before it. */
  #warnings(parsed: ReturnType<ReplSession['parse']>) {
    const { session } = this.#options
    try {
      const knownGlobals = new Set([...session.names(), '*1', '*2', '*3', '*e'])
      const { unit, diagnostics } = lower(parsed.program, { knownGlobals })
      return [...diagnostics, ...checkTypes(unit)]
    } catch (error) {
      if (isRtfsError(error, 'UnsupportedError')) return []
      throw error
    }
  }

  #print(result: Evaluated, timed: boolean): void {
    const { io, columns, highlight } = this.#options
    if (columns === undefined) io.out(`${valueText(result.value)}\n`)
    else {
      const width = Math.max(20, columns() - 1)
      const { text, isCut } = prettyValue(result.value, {
        width,
        maxItems: 100,
        maxString: 2000,
        maxLines: 60,
      })
      io.out(`${highlight === undefined ? text : highlight(text)}\n`)
      if (isCut) this.#note('not all is shown; :all prints the whole value')
    }
    if (timed) {
      const { milliseconds, fuel, tier, attempts } = result
      const again = attempts > 1 ? `, ${attempts} attempts` : ''
      this.#note(`${milliseconds.toFixed(2)} ms, fuel ${fuel}, tier ${tier}${again}`)
    }
  }

  #note(text: string): void {
    const { io, highlight } = this.#options
    io.out(highlight === undefined ? `${text}\n` : `\u001b[2m${text}\u001b[0m\n`)
  }

  #report(error: unknown, source?: SourceText | null): void {
    const { io, session } = this.#options
    this.code = exitCodeOf(error)
    if (isRtfsError(error, 'RTFS_ABORTED')) {
      io.err('interrupted; definitions are kept\n')
      return
    }
    if (isRtfsError(error) && error.value !== undefined) session.lastError = error
    if (error instanceof UsageError) {
      io.err(`${error.message}\n`)
      return
    }
    try {
      reportFailure(error, false, io, source ?? sourceOfError(error))
    } catch (unexpected) {
      // A fault of the world, or of ours: the session goes on.
      io.err(`${unexpected instanceof Error ? unexpected.message : String(unexpected)}\n`)
    }
  }

  #prompt(): Prompt {
    const { io, session, highlight } = this.#options
    return {
      session,
      cwd: io.cwd,
      print: text => io.out(`${text}\n`),
      paint: text => (highlight === undefined ? text : highlight(text)),
      evaluate: (text, timed) => this.#evaluate(text, timed),
      load: file => this.load(file),
      printAll: () => {
        if (session.lastValue === undefined) io.out('there is no value yet\n')
        else io.out(`${valueText(session.lastValue)}\n`)
      },
      reportLast: () => {
        const { lastError } = session
        if (lastError?.value === undefined) return
        reportFailure(lastError, false, io)
        const { kind, type, details } = lastError.value
        io.out(`kind     ${kind}\ntype     :${type.name}\ndetails  ${valueText(details)}\n`)
        io.out(`catch    (try … (catch ${kind} e …))\n`)
      },
      quit: () => {
        this.isOver = true
      },
    }
  }
}
