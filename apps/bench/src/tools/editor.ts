import { type ChildProcess, spawn } from 'node:child_process'
import { report } from '../delegation.js'
import { median } from '../measure.js'
import { languageServer } from './files.js'

const uri = 'file:///bench/main.rtfs'

/** Milliseconds from an edit of a file of 1,000 lines to its diagnostics, as a client over stdio sees them. */
export async function editor(rounds: number): Promise<void> {
  const server = new Client(
    spawn(process.execPath, [languageServer, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  try {
    server.send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } })
    await server.next(message => message.id === 1)
    server.send({ method: 'initialized', params: {} })
    const text = program()
    const textDocument = { uri, languageId: 'rtfs', version: 1, text }
    const before = await server.diagnosticsAfter('textDocument/didOpen', { textDocument })
    const times: number[] = []
    for (let round = 0; round < rounds + 3; round++) {
      const version = round + 2
      // One name more, in the middle, that nothing defines.
      const contentChanges = [
        {
          range: { start: { line: 504, character: 0 }, end: { line: 504, character: 0 } },
          text: `(unknown-${round})\n`,
        },
      ]
      const began = performance.now()
      const params = { textDocument: { uri, version }, contentChanges }
      const diagnostics = await server.diagnosticsAfter('textDocument/didChange', params)
      if (round >= 3) times.push(performance.now() - began)
      if (diagnostics !== before + round + 1)
        throw new Error(`${diagnostics} diagnostics after ${round + 1} faults`)
    }
    console.log(
      `diagnostics of ${text.split('\n').length} lines after an edit: slowest of ${rounds} ${Math.max(...times).toFixed(0)} ms`,
    )
    report('diagnostics after an edit, median', median(times), 50, 'ms')
  } finally {
    server.close()
  }
}

/** 1,000 lines of functions that call each other. */
function program(): string {
  return Array.from({ length: 125 }, (_, i) => {
    const before = i === 0 ? '(inc total)' : `(+ total (f${i - 1} lines))`
    return `;; number ${i}
(defn f${i} "Sums the prices of some lines."
  [lines :vector] :int
  (let [prices (map (fn [{:keys [price count]}] (* price count)) lines)
        total (reduce + 0 prices)]
    (if (empty? lines)
      0
      ${before})))`
  }).join('\n')
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly uri?: string
    readonly version?: number
    readonly diagnostics?: readonly unknown[]
  }
}

/** Just enough of the base protocol. */
class Client {
  readonly #child: ChildProcess
  #buffer = Buffer.alloc(0)
  #waiting:
    | { readonly wanted: (message: Message) => boolean; readonly found: (message: Message) => void }
    | undefined

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout!.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk])
      this.#read()
    })
  }

  #read(): void {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n')
      const length = Number(
        /Content-Length: (\d+)/.exec(this.#buffer.toString('latin1', 0, Math.max(0, end)))?.[1],
      )
      if (end < 0 || this.#buffer.length < end + 4 + length) return
      const message = JSON.parse(this.#buffer.toString('utf8', end + 4, end + 4 + length)) as Message
      this.#buffer = this.#buffer.subarray(end + 4 + length)
      if (this.#waiting?.wanted(message) === true) this.#waiting.found(message)
    }
  }

  send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#child.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }

  next(wanted: (message: Message) => boolean): Promise<Message> {
    return new Promise(found => {
      this.#waiting = { wanted, found }
    })
  }

  /** How many diagnostics come of a notification. */
  async diagnosticsAfter(method: string, params: { readonly textDocument: { readonly version: number } }) {
    const answer = this.next(message => message.method === 'textDocument/publishDiagnostics')
    this.send({ method, params })
    return (await answer).params!.diagnostics!.length
  }

  close(): void {
    this.#child.kill()
  }
}
