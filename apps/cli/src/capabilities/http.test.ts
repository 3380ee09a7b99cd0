import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers, invoke } from '../invoke.test-util.js'

let server: Server
let port: number
let requests = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++
    if (request.url === '/away') response.writeHead(302, { location: '/' }).end()
    else if (request.url === '/cut')
      response.writeHead(200, { 'content-length': '10' }).write('x', () => request.socket.destroy())
    else {
      let body = ''
      request.on('data', chunk => (body += chunk))
      request.on('end', () => {
        response
          .writeHead(201, { 'x-kind': String(request.headers['x-kind']) })
          .end(`${request.method} ${body}`)
      })
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.close()
})

const fetching = (text: string, ...flags: readonly string[]) =>
  invoke(['eval', text.replaceAll('HOST', `http://127.0.0.1:${port}`), ...flags])

describe('a host that is named', () => {
  test.each([
    ['a plain request', '(let [r (http-fetch "HOST/")] [(:status r) (:body r)])', '[201 "GET "]\n'],
    ['method and body by place', '(:body (http-fetch "HOST/" "POST" {} "hi"))', '"POST hi"\n'],
    ['options', '(:body (http-fetch "HOST/" {:method :put :body "x"}))', '"PUT x"\n'],
    ['headers', '(get (:headers (http-fetch "HOST/" "GET" {"x-kind" "a"})) "x-kind")', '"a"\n'],
  ])('%s', async (_, text, out) => {
    expect(await fetching(text, '--allow', 'http-fetch=127.0.0.1')).toMatchObject({ code: 0, out })
  })

  test('a scope may name the port', async () => {
    expect((await fetching('(http-fetch "HOST/")', '--allow', `http-fetch=127.0.0.1:${port}`)).code).toBe(0)
    expect((await fetching('(http-fetch "HOST/")', '--allow', 'http-fetch=127.0.0.1:1')).code).toBe(1)
  })

  test('redirects are not followed', async () => {
    const before = requests
    const { code, err } = await fetching('(http-fetch "HOST/away")', '--allow', 'http-fetch=127.0.0.1')
    expect(code).toBe(1)
    expect(err).toContain('NetworkError')
    expect(requests).toBe(before + 1)
  })

  test.each([
    ['a body that is cut off', '(http-fetch "HOST/cut")', 'NetworkError'],
    ['another protocol', '(http-fetch "file:///etc/passwd")', 'InvalidArgument'],
    ['no URL', '(http-fetch "nowhere")', 'InvalidArgument'],
    ['a header with a line break', '(http-fetch "HOST/" "GET" {"x" "a\\nb"})', 'InvalidArgument'],
  ])('%s is %s', async (_, text, kind) => {
    expect((await fetching(text, '--allow', 'http-fetch=127.0.0.1')).err).toContain(kind)
  })
})

describe('what is refused before anything is sent', () => {
  test.each([
    ['no grant', []],
    ['another host', ['--allow', 'http-fetch=example.com']],
    ['a name that ends alike', ['--allow', 'http-fetch=0.0.1']],
    ['any public host, for a private address', ['--allow', 'http-fetch=*']],
    ['--offline', ['--allow', 'http-fetch=127.0.0.1', '--offline']],
  ])('%s', async (_, flags) => {
    const before = requests
    const { code, err } = await fetching('(http-fetch "HOST/")', ...flags)
    expect(code).toBe(1)
    expect(err).toContain('SecurityViolation')
    expect(requests).toBe(before)
  })

  test.each([
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://127.1:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://localhost.:PORT/',
    'http://user@127.0.0.1:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://example.com@127.0.0.1:PORT/',
  ])('any public host, for %s', async address => {
    const before = requests
    const text = `(http-fetch "${address.replace('PORT', String(port))}")`
    const { code, err } = await invoke(['eval', text, '--allow', 'http-fetch=*'])
    expect(code).toBe(1)
    expect(err).toMatch(/SecurityViolation|NetworkError: .*ENOTFOUND/)
    expect(requests).toBe(before)
  })

  test('a connection of a host that was named is not there for another program', async () => {
    const url = `http://localhost:${port}/`
    const { lines } = await answers([
      { id: 1, source: `(:status (http-fetch "${url}"))`, allow: ['http-fetch=localhost'] },
      { id: 2, source: `(:status (http-fetch "${url}"))`, allow: ['http-fetch=*'] },
    ])
    expect(lines.map(line => line.value ?? line.error?.kind)).toEqual(['201', 'SecurityViolation'])
  })

  test('any public host, for a name of this machine', async () => {
    const before = requests
    const text = `(http-fetch "http://localhost:${port}/")`
    const { err } = await invoke(['eval', text, '--allow', 'http-fetch=*'])
    expect(err).toContain('SecurityViolation')
    expect(requests).toBe(before)
  })
})
