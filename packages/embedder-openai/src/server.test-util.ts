import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: { readonly model: string; readonly input: readonly string[]; readonly dimensions?: number }
}

export type Answer = (response: ServerResponse, asked: Asked) => void

export interface TestServer {
  readonly url: string
  readonly asked: Asked[]
  /** What the next requests get, in order; the last one goes on. */
  script(...answers: readonly Answer[]): void
  close(): Promise<void>
}

/** A real server on loopback that does what its script says. */
export async function startServer(): Promise<TestServer> {
  const asked: Asked[] = []
  let answers: Answer[] = [vectors]
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', part => (text += String(part)))
    request.on('end', () => {
      const entry = {
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: JSON.parse(text) as Asked['body'],
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

export const dimension = 4

/** A vector that a text always gets, far from length 1. */
export function vectorOf(text: string): number[] {
  const sums = [1, 2, 3, 4]
  for (let i = 0; i < text.length; i++) sums[i % dimension]! += (text.charCodeAt(i) % 17) - 5
  return sums
}

/** What a server answers, last vector first: the index says where it belongs. */
export const vectors: Answer = (response, { body }) => {
  const data = body.input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }))
  json(200, { object: 'list', model: body.model, data: data.reverse() })(response)
}

export function json(
  status: number,
  data: unknown,
  headers: Record<string, string> = {},
): (response: ServerResponse) => void {
  return response => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof data === 'string' ? data : JSON.stringify(data))
  }
}

export const embeddings = (...all: readonly unknown[]) =>
  json(200, { data: all.map(embedding => ({ embedding })) })
