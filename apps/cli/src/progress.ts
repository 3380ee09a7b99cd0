import type { Io } from './io.js'

/** What long work shows of itself: one line on a terminal, nothing elsewhere. */
export interface Progress {
  /** Says what is done now. */
  step(text: string): void
  /** Takes the line away, so that something else can be printed; the next step brings it back. */
  clear(): void
}

/** Work that ends sooner shows nothing. */
const patienceMs = 400

const intervalMs = 100

/** Does work that may take long, with its progress on standard error where that is a terminal. */
export async function withProgress<T>(io: Io, work: (progress: Progress) => Promise<T>): Promise<T> {
  if (!io.errIsTerminal) return work({ step: () => {}, clear: () => {} })
  const line = new ProgressLine(io)
  const timer = setInterval(() => line.paint(), intervalMs)
  try {
    return await work(line)
  } finally {
    clearInterval(timer)
    line.clear()
  }
}

/** One piece of work that may take long. */
export function whileWorking<T>(io: Io, text: string, work: () => Promise<T>): Promise<T> {
  return withProgress(io, progress => {
    progress.step(text)
    return work()
  })
}

class ProgressLine implements Progress {
  readonly #io: Io
  readonly #began = Date.now()
  #painted = 0
  #isShown = false
  #text = ''

  constructor(io: Io) {
    this.#io = io
  }

  step(text: string): void {
    this.#text = text
    // Work that never waits lets no timer run.
    if (Date.now() - this.#painted >= intervalMs) this.paint()
  }

  paint(): void {
    const now = Date.now()
    if (this.#text === '' || now - this.#began < patienceMs) return
    this.#painted = now
    this.#isShown = true
    const seconds = Math.floor((now - this.#began) / 1000)
    const text = `${this.#text}${seconds === 0 ? '' : ` (${seconds} s)`}`
    this.#io.err(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
  }

  clear(): void {
    if (this.#isShown) this.#io.err('\r\u001b[K')
    this.#isShown = false
  }
}
