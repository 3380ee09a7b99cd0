import {
  equals,
  formatValue,
  isRtfsError,
  keyword,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  sym,
  type Value,
} from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import {
  createRuntime,
  detectObjectFormat,
  objectFormats,
  readObject,
  type TierChoice,
  type WriteObjectOptions,
  writeObject,
} from '../index.js'

function evaluate(program: string, tier: TierChoice = 'auto'): RtfsMap {
  const { value } = createRuntime().runSync(program, { tier })
  if (!(value instanceof RtfsMap)) throw new Error('no map')
  return value
}

function failure(work: () => unknown): string {
  try {
    work()
    return 'nothing'
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `${error.code} ${error.message}`
  }
}

const intentWith = (properties: string, name = '') =>
  `(intent ${name} :type :rtfs.core:v2.0:intent :intent-id "i-1" :goal "g" :created-at 2026-01-05T09:00:00Z
    :created-by "ann" :status :draft ${properties})`

const plan = `(plan demo
  :type :rtfs.core:v2.0:plan :plan-id "p-1" :created-at "2026-01-05T09:00:00Z" :created-by :user
  :intent-ids ["i-1"] :status :ready :language rtfs20
  :program (do (call :ccos.echo "hi") #(+ %1 1) 'x \`(a ~b) {:k [1.0 nil]}))`

describe('what is written is read back as it was', () => {
  test.each([
    ['native', 'a name and a metadata map', intentWith(':metadata {:a 1 "b" [2 3.5 nil] 4 true}', 'my-goal')],
    ['native', 'a name that is a string', intentWith('', '"my goal"')],
    ['native', 'a name that is a type', intentWith('', ':com.acme:v1.0:mine')],
    ['native', 'code', plan],
    ['native', 'lists and symbols', intentWith(`:x '(a (b "c") [d]) :y 'sym :z ['q '(1)] :e ()`)],
    ['native', 'literals', intentWith(':h resource://f/1 :u 123e4567-e89b-12d3-a456-426614174000 :f ##Inf')],
    [
      'native',
      'a timestamp',
      intentWith(':t 2026-01-05T09:00:00.25Z :s "a\\n\\"b\\"" :n -9223372036854775808'),
    ],
    [
      'native',
      'steps',
      plan.replace(/:program .*/s, ':program {:steps [{:step-id "s" :action :run :capability :a.b:v1:c}]})'),
    ],
    ['json', 'a metadata map', intentWith(':metadata {:a 1 :b [2 3.5 nil {:c true}]}')],
    ['json', 'keys that are no keywords', intentWith(':metadata {"a" 1 2 {:x "y"} true [] :k :v}')],
    [
      'json',
      'maps that look like something else',
      intentWith(':a {:type "function"} :b {:type "map" :entries []}'),
    ],
    ['json', 'strings that look like keywords', intentWith(':a ":b" :c ["::" ":" "a:b"]')],
    ['json', 'lists', intentWith(`:x '(a (b "c") [d]) :e ()`)],
    ['json', 'a handle', intentWith(':h resource://f/1')],
    ['json', 'code', plan.replace(':language rtfs20', '').replace('plan demo', 'plan "demo"')],
  ] as const)('%s: %s', (format, _, program) => {
    const { object, text } = withStringTimes(evaluate(program), format)
    expect(formatValue(readObject(text))).toBe(formatValue(object))
    expect(equals(readObject(text), object)).toBe(true)
    expect(writeObject(readObject(text), { format })).toBe(text)
    if (format === 'native') expect(formatValue(evaluate(text))).toBe(formatValue(object))
  })

  /** JSON has no timestamps. */
  function withStringTimes(evaluated: RtfsMap, format: WriteObjectOptions['format'] & string) {
    const object =
      format === 'json' ? evaluated.set(keyword('created-at'), '2026-01-05T09:00:00Z') : evaluated
    return { object, text: writeObject(object, { format }) }
  }
})

test('JSON says what the reference says', () => {
  const program = intentWith(
    `:priority :high :language 'rtfs20 :u 123e4567-e89b-12d3-a456-426614174000 :handle resource://f/1
     :success-criteria (fn [{:keys [n]} limit :int & more] (> n limit)) :data-locality [:eu]`,
    'my-goal',
  )
  const text = writeObject(evaluate(program), { format: 'json', pretty: true })
  expect(JSON.parse(text)).toEqual({
    type: ':rtfs.core:v2.0:intent',
    'intent-id': 'i-1',
    goal: 'g',
    'created-at': '2026-01-05T09:00:00Z',
    'created-by': 'ann',
    status: ':draft',
    priority: ':high',
    language: 'rtfs20',
    u: '123e4567-e89b-12d3-a456-426614174000',
    handle: { type: 'resource-handle', handle: 'resource://f/1' },
    'success-criteria': { type: 'function', params: ['{n :n}', 'limit :int', '& more'], body: '(> n limit)' },
    'data-locality': [':eu'],
    'rtfs/name': 'my-goal',
  })
  expect(text).toContain('\n  "goal": "g",\n')
})

test('a reference is kept as one', () => {
  const text = intentWith(':source (resource:ref "files/1") :all [(resource:ref "2")]')
  const object = readObject(text)
  expect(formatValue(object.get(keyword('source'))!)).toBe('(resource:ref "files/1")')
  expect(readObject(writeObject(object))).toEqual(object)
  const json = writeObject(object, { format: 'json' })
  expect(JSON.parse(json)).toMatchObject({
    source: { type: 'resource-ref', reference: 'files/1' },
    all: [{ type: 'resource-ref', reference: '2' }],
  })
  expect(formatValue(readObject(json).get(keyword('all'))!)).toBe('[(resource:ref "2")]')
})

describe.each(['ast', 'ir'] as const)('functions are their source, from tier %s', tier => {
  test.each([
    ['a function', '(fn [r] (> (:n r) 3))', [5]],
    ['a body of several forms', '(fn [r] (str "a\\"b)") ; ) "\n (= 5 (:n r)))', [5]],
    ['a short function', '#(= 5 (:n %))', [5]],
    ['one with a name, that calls itself', '(fn f [r] (if (< (:n r) 6) (f (update r :n inc)) true))', [5]],
    ['annotations', '(fn [r :map] :bool (= 5 (:n r)))', [5]],
    ['a hint', '(fn ^:delegation :local [r] (= 5 (:n r)))', [5]],
    ['a name of the library', 'map?', [5]],
    ['a qualified name of the library', 'stdlib/map?', [5]],
    ['destructuring with defaults', '(fn [{:keys [n m] :or {m 5}}] (= n m))', [5]],
  ])('%s', (_, source) => {
    for (const format of ['native', 'json'] as const) {
      const text = writeObject(evaluate(intentWith(`:success-criteria ${source}`), tier), { format })
      const read = readObject(text).get(keyword('success-criteria'))
      expect(read).toBeInstanceOf(RtfsFunction)
      const check = (n: number) =>
        createRuntime({ taskContext: RtfsMap.from([[keyword('f'), read as Value]]) }).runSync(
          `(@f {:n ${n}})`,
          { tier },
        )
      expect(check(5).value).toBe(true)
      expect(writeObject(readObject(text), { format })).toBe(text)
    }
  })

  test('one that a definition made', () => {
    const text = writeObject(
      evaluate(`(defn done? [r] (= 1 (:n r))) ${intentWith(':success-criteria done?')}`, tier),
    )
    expect(text).toContain('(fn done? [r] (= 1 (:n r)))')
  })

  test.each([
    ['a local name', '(let [limit 3] (fn [r] (> (:n r) limit)))', "uses 'limit' of its surroundings"],
    ['a local name of the library', '(let [inc dec] (fn [r] (inc r)))', "uses 'inc' of its surroundings"],
    ['a definition', '(do (def top 3) (fn [r] (> r top)))', "uses 'top' of its surroundings"],
    [
      'a redefined name of the library',
      '(do (defn max [x] x) (fn [r] (max r)))',
      "uses 'max' of its surroundings",
    ],
  ])('not one that uses %s', (_, source, message) => {
    const object = evaluate(`(def f ${source}) ${intentWith(':success-criteria f')}`, tier)
    for (const format of ['native', 'json'] as const) {
      expect(failure(() => writeObject(object, { format }))).toContain(message)
    }
  })

  test('not one that has no text', () => {
    const object = evaluate(intentWith(':success-criteria (partial = 1)'), tier)
    expect(failure(() => writeObject(object))).toContain('InvalidArgument Invalid argument: the source of')
  })
})

describe('what cannot be written', () => {
  test.each<[string, string]>([
    ['(assoc o :a (try (/ 1 0) (catch e e)))', 'an error'],
    ['(assoc o "a" 1)', 'keywords as keys'],
    ['(assoc o :goal 1)', 'TypeValidationError'],
    ['(assoc o :a (reduce (fn [x _] [x]) 1 (range 1000)))', 'deeper than 400 levels'],
    ['(assoc o :a (reduce (fn [x _] (list x)) 1 (range 1000)))', 'deeper than 400 levels'],
  ])('%s', (change, message) => {
    const taskContext = RtfsMap.from([[keyword('o'), evaluate(intentWith(''))]])
    const object = createRuntime({ taskContext }).runSync(change.replace(' o ', ' @o ')).value as RtfsMap
    expect(failure(() => writeObject(object))).toContain(message)
    expect(failure(() => writeObject(object, { format: 'json' }))).toMatch(/Error|InvalidArgument/)
  })

  test.each<Value>([keyword('a b'), sym('1x'), sym('true'), '\ud800', RtfsList.from([sym('a b')])])(
    'names and strings that no program can make: %s',
    value => {
      const object = evaluate(intentWith('')).set(keyword('a'), value)
      expect(failure(() => writeObject(object))).toContain('InvalidArgument')
    },
  )

  test('functions inside code', () => {
    const object = evaluate(plan).set(keyword('program'), RtfsList.from([evaluate('{:f (fn [] 1)}')]))
    for (const format of ['native', 'json'] as const) {
      expect(failure(() => writeObject(object, { format }))).toMatch(/InvalidArgument|JsonError/)
    }
  })

  test('an object of a kind that nobody says', () => {
    const object = evaluate('(task "t" :id "1" :plan (do (call :x)))')
    expect(failure(() => writeObject(object))).toContain('missing key :type')
    const text = writeObject(object, { kind: 'task' })
    expect(text).toBe('(task "t" :id "1" :plan (do (call :x)))\n')
    expect(formatValue(readObject(text))).toBe(formatValue(object))
    const json = writeObject(object, { kind: 'task', format: 'json' })
    expect(formatValue(readObject(json, { kind: 'task' }))).toBe(formatValue(object))
  })

  test('numbers that JSON has not', () => {
    expect(failure(() => writeObject(evaluate(intentWith(':a ##NaN')), { format: 'json' }))).toContain(
      'JsonError',
    )
  })
})

describe('texts from outside', () => {
  test.each([
    ['something to compute', intentWith(':a (+ 1 2)'), 'InvalidProgram', 'nothing that is computed'],
    ['an effect', intentWith(':a (call :rm "x")'), 'InvalidProgram', 'nothing that is computed'],
    ['an effect inside', intentWith(':a [1 {:b (println 1)}]'), 'InvalidProgram', 'nothing that is computed'],
    ['a name', intentWith(':a nope'), 'InvalidProgram', "'nope' is no function"],
    ['a function that needs more', intentWith(':a (fn [x] (nope x))'), 'InvalidProgram', "uses 'nope'"],
    ['two objects', intentWith('') + intentWith(''), 'InvalidProgram', 'expected one object'],
    ['no object', '(inc 1)', 'InvalidProgram', 'expected one object'],
    ['an object inside', '(do (task :a 1))', 'InvalidProgram', 'expected one object'],
    ['nothing', ';; nothing', 'InvalidProgram', 'expected one object'],
    ['no text of RTFS', '(intent :a', 'RTFS_PARSE', 'P008'],
    ['a property twice', '(task :a 1 :a 2)', 'RTFS_PARSE', 'occurs twice'],
    ['something that is not valid', intentWith(':priority :whenever'), 'TypeValidationError', ':priority'],
    ['neither', '[1]', 'InvalidArgument', 'begins with ( or {'],
    ['binary', 'RTFS\u0000', 'NotImplemented', 'binary'],
    ['no JSON', '{"type": }', 'JsonError', 'position 9'],
    ['a name that is none', '{"a b": 1}', 'JsonError', '"a b" is no name'],
    ['no type', '{"a": 1}', 'TypeValidationError', 'missing key :type'],
    ['a function without body', '{"f": {"type": "function", "params": []}}', 'JsonError', 'has no "body"'],
    ['another field', '{"f": {"type": "function", "body": "inc", "x": 1}}', 'JsonError', 'does not have "x"'],
    [
      'a body that is more',
      '{"f": {"type": "function", "params": [], "body": "1) (call :x"}}',
      'RTFS_PARSE',
      'P003',
    ],
    ['a body that does not parse', '{"f": {"type": "function", "body": "(fn [x"}}', 'RTFS_PARSE', 'P00'],
    [
      'a body that is a call',
      '{"f": {"type": "function", "body": "(inc 1)"}}',
      'InvalidProgram',
      'function form',
    ],
    ['params of numbers', '{"f": {"type": "function", "params": [1], "body": "1"}}', 'JsonError', 'strings'],
    [
      'a handle that is none',
      '{"h": {"type": "resource-handle", "handle": "http://x"}}',
      'JsonError',
      'no resource',
    ],
    ['code that is no list', '{"h": {"type": "code", "source": "1"}}', 'JsonError', 'one list'],
    ['code that is two lists', '{"h": {"type": "code", "source": "(a) (b)"}}', 'JsonError', 'one list'],
    ['entries that are none', '{"h": {"type": "map", "entries": [[1]]}}', 'JsonError', 'pairs'],
    ['a key that is none', '{"h": {"type": "map", "entries": [[[1], 2]]}}', 'JsonError', 'pairs'],
  ])('%s', (_, text, code, message) => {
    const said = failure(() => readObject(text))
    expect(said).toContain(message)
    expect(said.split(' ')[0]).toBe(code)
  })

  test('prototypes are not reached', () => {
    const text = '{"type": ":rtfs.core:v2.0:task", "__proto__": {"x": 1}, "constructor": 2}'
    const object = readObject(text)
    expect(formatValue(object)).toBe('{:type :rtfs.core:v2.0:task :__proto__ {:x 1} :constructor 2}')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('the kind that is expected', () => {
    expect(failure(() => readObject(plan, { kind: 'intent' }))).toContain('expected an intent, got a plan')
    const json = writeObject(evaluate(plan), { format: 'json' })
    expect(failure(() => readObject(json, { kind: 'intent' }))).toContain('TypeValidationError')
  })

  test('formats', () => {
    expect(['(a', ' ,\n(a', '{', '\ufeff{', ';; c', 'RTFS\u0001', '[', ''].map(detectObjectFormat)).toEqual([
      'native',
      'native',
      'json',
      'json',
      'native',
      'binary',
      undefined,
      undefined,
    ])
    const bytes = new TextEncoder().encode(`\ufeff${writeObject(evaluate(plan), { format: 'json' })}`)
    expect(detectObjectFormat(bytes)).toBe('json')
    expect(readObject(bytes).get(keyword('plan-id'))).toBe('p-1')
    expect(failure(() => readObject(Uint8Array.of(40, 255)))).toContain('begins with')
    expect(failure(() => readObject(Uint8Array.of(40, 255), { format: 'native' }))).toContain('UTF-8')
    expect(objectFormats.json).toEqual({ mediaType: 'application/rtfs+json', extension: '.rtfs.json' })
  })
})

describe('versions', () => {
  const uuid = '123e4567-e89b-12d3-a456-426614174000'
  const strict = (version: string, more: string) =>
    readObject(intentWith(more, 'named').replace('v2.0', version).replace('"i-1"', uuid), { strict: true })
  test('strict reading refuses what it does not know, but in newer minor versions', () => {
    expect(strict('v2.0', '').get(keyword('rtfs/name'))).toBeDefined()
    expect(failure(() => strict('v2.0', ':mine 1'))).toContain(':mine')
    expect(strict('v2.1', ':mine 1').get(keyword('mine'))).toBe(1)
    expect(failure(() => strict('v3.0', ''))).toContain(':type')
    expect(failure(() => strict('v2.1', ':priority :whenever'))).toContain(':priority')
    expect(strict('v2.0', ':extends :rtfs.core:v2.0:intent')).toBeDefined()
  })
})
