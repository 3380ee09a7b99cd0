import { describe, expect, test } from 'vitest'
import { invoke } from '../invoke.test-util.js'

const env = { APP_NAME: 'shop', APP_: 'x', HOME: '/home/ada' }

const evaluate = (text: string, ...grants: readonly string[]) =>
  invoke(['eval', text, ...grants.flatMap(grant => ['--allow', grant])], { env })

describe('get-env', () => {
  test('a scope is the beginning of names', async () => {
    expect(await evaluate('(get-env "APP_NAME")', 'get-env=APP_')).toMatchObject({ code: 0, out: '"shop"\n' })
    expect(await evaluate('(get-env "APP_NONE")', 'get-env=APP_')).toMatchObject({ code: 0, out: 'nil\n' })
    const { code, err } = await evaluate('(get-env "HOME")', 'get-env=APP_')
    expect(code).toBe(1)
    expect(err).toContain('Security violation: variable HOME')
  })

  test('names of the prototype are no variables', async () => {
    expect(await evaluate('(get-env "constructor")', 'get-env')).toMatchObject({ out: 'nil\n' })
  })
})

test.each([
  ['rand', '(let [x (rand)] (and (float? x) (<= 0.0 x) (< x 1.0)))', 'ccos.random.float'],
  ['rand-int', '(let [x (rand-int 3)] (and (int? x) (<= 0 x 2)))', 'ccos.random.int'],
  ['a large bound', '(let [x (rand-int 9007199254740991)] (and (int? x) (<= 0 x)))', 'ccos.random.int'],
  ['random-uuid', '(= (type-name (random-uuid)) (type-name (random-uuid)))', 'ccos.random.uuid'],
  ['uuids differ', '(not= (random-uuid) (random-uuid))', 'ccos.random.uuid'],
  ['current-time', '(int? (current-time))', 'ccos.system.current-time'],
  ['sleep-ms', '(nil? (sleep-ms 1))', 'ccos.system.sleep-ms'],
])('%s', async (_, text, grant) => {
  expect(await evaluate(text, grant)).toMatchObject({ code: 0, out: 'true\n' })
  expect((await evaluate(text)).err).toContain('SecurityViolation')
})

test.each([
  ['(rand-int 0)', 'ccos.random.int'],
  ['(sleep-ms -1)', 'ccos.system.sleep-ms'],
])('%s is an invalid argument', async (text, grant) => {
  expect((await evaluate(text, grant)).err).toContain('InvalidArgument')
})
