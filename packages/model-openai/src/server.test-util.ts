import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: Record<string, unknown>
}

export interface TestServer {
  readonly url: string
  readonly asked: Asked[]
  /** What the next requests get, in order; the last one goes on. */
  script(...answers: readonly Answer[]): void
  close(): Promise<void>
}

export type Answer = (response: ServerResponse, request: Asked) => void

/** A real server on loopback that does what its script says. */
export async function startServer(): Promise<TestServer> {
  const asked: Asked[] = []
  let answers: Answer[] = []
  const server = createServer((request, response) => {
    void read(request).then(body => {
      const entry: Asked = {
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: JSON.parse(body) as Record<string, unknown>,
      }
      asked.push(entry)
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!
      answer(response, entry)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    script: (...next) => {
      answers = [...next]
      asked.length = 0
    },
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

export function json(status: number, data: unknown, headers: Record<string, string> = {}): Answer {
  return response => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof data === 'string' ? data : JSON.stringify(data))
  }
}

export function completion(content: string | null, more: object = {}): Answer {
  return json(200, {
    model: 'served-1',
    choices: [{ index: 0, message: { role: 'assistant', content, ...more }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  })
}

export function chunk(content: string): string {
  return `data: ${JSON.stringify({ model: 'served-1', choices: [{ index: 0, delta: { content } }] })}\n\n`
}

export const finish = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`
export const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}\n\n`
export const done = 'data: [DONE]\n\n'

/** Streams these pieces; `open` leaves the answer open, `cut` breaks the connection. */
export function stream(
  pieces: readonly (string | Uint8Array)[],
  end: 'end' | 'open' | 'cut' = 'end',
): Answer {
  return response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const step = (i: number): void => {
      if (i < pieces.length) response.write(pieces[i], () => setTimeout(() => step(i + 1), 1))
      else if (end === 'end') response.end()
      else if (end === 'cut') response.destroy()
    }
    step(0)
  }
}
