import { formatValue, isRtfsError, keyword, RtfsMap, type Value } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { createRuntime, validateObject } from '../index.js'

function read(program: string): Value {
  return createRuntime().runSync(program).value
}

const uuid = '123e4567-e89b-12d3-a456-426614174000'
const objects: Readonly<Record<string, string>> = {
  intent: `(intent my-goal :type :rtfs.core:v2.0:intent :intent-id "i-1" :goal "g" :created-at 2026-01-05T09:00:00Z
    :created-by "ann" :status :draft :priority "high" :constraints {:max-cost 12.50 :deadline "2026-02-01T00:00:00Z"
    :security-clearance :internal} :success-criteria (fn [r] true) :child-intents ["i-2"] :extra 1)`,
  plan: `(plan :type :rtfs.core:v2.0:plan :plan-id "p-1" :created-at 2026-01-05T09:00:00Z :created-by :user
    :intent-ids ["i-1"] :status :ready :program (do (call :ccos.echo "hi")))`,
  action: `(action :type :rtfs.core:v2.0:action :action-id "a" :timestamp 2026-01-05T09:00:00Z :plan-id "p" :step-id "s"
    :intent-id "i" :capability-used :com.acme:v1.0:pay :executor {:type :agent :id "x"} :input {} :output {:type :data}
    :execution {:started-at 2026-01-05T09:00:00Z :completed-at 2026-01-05T09:00:01Z :status :success}
    :signature {:signed-by "k" :signature "s" :algorithm :ed25519})`,
  capability: `(capability :type :rtfs.core:v2.0:capability :capability-id :com.acme:v1.0:pay :created-at 2026-01-05T09:00:00Z
    :provider {:name "p" :contact "c"} :function {:name "pay" :description "d" :signature {:inputs {} :outputs {}}
    :examples [{:input 1 :output 2}]} :sla {:availability 0.99} :status :active)`,
  resource: `(resource :type :rtfs.core:v2.0:resource :resource-id "r" :handle resource://f/1 :created-at 2026-01-05T09:00:00Z
    :created-by "ann" :content {:type :file :size 10} :storage {:backend :local} :lifecycle {})`,
  task: '(task "t" :anything [1 2])',
}

test.each(Object.entries(objects))('a valid %s', (kind, program) => {
  const object = read(program)
  if (kind !== 'task') expect(validateObject(object)).toBe(object)
})

function reject(program: string): string {
  try {
    read(program)
    return 'valid'
  } catch (error) {
    if (!isRtfsError(error, 'TypeValidationError')) throw error
    return error.message.replace('Type validation error: ', '')
  }
}

const change = (kind: string, from: string, to: string) => objects[kind]!.replace(from, to)

test.each([
  [
    'a property that is missing',
    change('intent', ':goal "g"', ''),
    'object/intent: expected :rtfs.core:v2.0:intent, got map: missing key :goal',
  ],
  [
    'a status that is none',
    change('intent', ':draft', ':sleeping'),
    'object/intent: expected :rtfs.core:v2.0:intent, got map: at [:status] expected',
  ],
  [
    'another kind',
    change('intent', 'v2.0:intent', 'v2.0:plan'),
    'object/plan: expected :rtfs.core:v2.0:plan, got map: at [:type] expected :rtfs.core:v2.0:intent',
  ],
  [
    'another major version',
    change('intent', 'v2.0:intent', 'v3.0:intent'),
    'object/intent: expected :rtfs.core:v2.0:intent, got map: at [:type]',
  ],
  [
    'a bad timestamp',
    change('intent', '2026-01-05T09:00:00Z', '"yesterday"'),
    'object/intent: expected :rtfs.core:v2.0:intent, got map: at [:created-at]',
  ],
  [
    'too many decimals',
    change('intent', '12.50', '12.505'),
    'object/intent: expected :rtfs.core:v2.0:intent, got map: at [:constraints :max-cost]',
  ],
  [
    'a plan without a program',
    change('plan', ':program (do (call :ccos.echo "hi"))', ''),
    'object/plan: expected :rtfs.core:v2.0:plan, got map: missing key :program',
  ],
  [
    'inside a map',
    change('action', ':ed25519', ':rot13'),
    'object/action: expected :rtfs.core:v2.0:action, got map: at [:signature :algorithm]',
  ],
  [
    'inside a list',
    change('capability', ':output 2', ''),
    'object/capability: expected :rtfs.core:v2.0:capability, got map: at [:function :signature',
  ],
])('%s', (name, program, message) => {
  if (name === 'inside a list') expect(reject(program)).toContain('missing key :output')
  else expect(reject(program)).toContain(message)
})

describe('versions and kinds', () => {
  test.each([
    ['a newer minor version', change('intent', 'v2.0:intent', 'v2.7:intent'), 'valid'],
    [
      'a type of somebody else',
      change('intent', ':rtfs.core:v2.0:intent', ':com.acme:v1.2:quarterly-intent'),
      'valid',
    ],
    [
      'one that extends a core type',
      change(
        'intent',
        ':type :rtfs.core:v2.0:intent',
        ':type :com.acme:v1.2:q :extends :rtfs.core:v2.0:intent',
      ),
      'valid',
    ],
    ['the type as a string', change('intent', ':rtfs.core:v2.0:intent', '":rtfs.core:v2.0:intent"'), 'valid'],
    [
      'a map that says nothing',
      '(validate-object {:a 1})',
      'object/object: expected :rtfs.core:v2.0:object, got map: missing key :type',
    ],
    [
      'no map',
      '(validate-object [1])',
      'object/object: expected :rtfs.core:v2.0:object, got vector: expected :map, got vector',
    ],
  ])('%s', (_, program, expected) => expect(reject(program)).toBe(expected))

  test('strict mode asks for UUIDs and knows no other properties', () => {
    const loose = read(objects['plan']!)
    expect(() => validateObject(loose, { strict: true })).toThrow(/plan-id/)
    const strict = read(change('plan', '"p-1"', uuid).replace('"i-1"', `"${uuid}"`))
    expect(validateObject(strict, { strict: true })).toBe(strict)
    const extra = read(change('plan', '"p-1"', `${uuid} :mine 1`).replace('"i-1"', `"${uuid}"`))
    expect(() => validateObject(extra, { strict: true })).toThrow(/:mine/)
  })
})

test('the name, and code that is kept as data', () => {
  const intent = read(objects['intent']!)
  if (!(intent instanceof RtfsMap)) throw new Error('no map')
  expect(formatValue(intent.get(keyword('rtfs/name'))!)).toBe('my-goal')
  const plan = read(objects['plan']!)
  if (!(plan instanceof RtfsMap)) throw new Error('no map')
  expect(formatValue(plan.get(keyword('program'))!)).toBe('(do (call :ccos.echo "hi"))')
})
