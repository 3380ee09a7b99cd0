import { formatValue, keyword, RtfsMap, type Value } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { builtins, definitions, findBuiltin, type LibraryContext, storeChanges } from './index.js'
import { outcome, Run } from './library.test-util.js'

/** Runs a program with a host that answers everything with `answer`; gives the value and the calls it got. */
function performed(source: string, answer: Value = null): string[] {
  const calls: string[] = []
  const run = new Run(
    'fast',
    {},
    {
      perform(capability, args) {
        calls.push([capability, ...args.map(arg => formatValue(arg))].join(' '))
        return answer
      },
    },
  )
  const value = formatValue(run.evaluate(source))
  return [value, ...calls]
}

test.each([
  ['(log "a" 1)', 'ccos.io.log "a" 1'],
  ['(tool:log)', 'ccos.io.log'],
  ['(tool/log-error "e")', 'ccos.io.log "e"'],
  ['(println)', 'ccos.io.println'],
  ['(tool:print 1 [2])', 'ccos.io.print 1 [2]'],
  ['(tool:read-input)', 'ccos.io.read-input'],
  ['(tool/open-file "f" "r+")', 'ccos.io.open-file "f" "r+"'],
  ['(read-line resource://a)', 'ccos.io.read-line resource://a'],
  ['(write-line resource://a "t")', 'ccos.io.write-line resource://a "t"'],
  ['(close-file resource://a)', 'ccos.io.close-file resource://a'],
  ['(tool:file-exists? "f")', 'ccos.io.file-exists "f"'],
  ['(read-file "f")', 'ccos.io.read-file "f"'],
  ['(read-lines "f")', 'ccos.io.read-lines "f"'],
  ['(write-file "f" "t")', 'ccos.io.write-file "f" "t"'],
  ['(delete-file "f")', 'ccos.io.delete-file "f"'],
  ['(tool/get-env "HOME")', 'ccos.system.get-env "HOME"'],
  ['(tool:current-time)', 'ccos.system.current-time'],
  ['(current-timestamp-ms)', 'ccos.system.current-timestamp-ms'],
  ['(rand)', 'ccos.random.float'],
  ['(rand-int 6)', 'ccos.random.int 6'],
  ['(random-uuid)', 'ccos.random.uuid'],
  ['(sleep-ms 5)', 'ccos.system.sleep-ms 5'],
  ['(http-fetch "u" "POST" {"a" "b"} "body")', 'ccos.network.http-fetch "u" "POST" {"a" "b"} "body"'],
  ['(ask-human "q" :string)', 'ccos.user.ask "q" :string'],
  ['(context/get :a)', 'ccos.context.get :a'],
  ['(context/set "a" 1)', 'ccos.context.set "a" 1'],
  ['(kv/get :a)', 'ccos.state.kv.get :a'],
  ['(kv/put :a 1)', 'ccos.state.kv.put :a 1'],
])('%s performs %s', (source, call) => {
  expect(performed(source)).toEqual(['nil', call])
})

test.each([
  ['(open-file 1)', '! TypeError'],
  ['(open-file "a" 1)', '! TypeError'],
  ['(write-line "a" "b")', '! TypeError'],
  ['(write-line resource://a 1)', '! TypeError'],
  ['(rand-int 1.5)', '! TypeError'],
  ['(http-fetch :u)', '! TypeError'],
  ['(http-fetch "u" 1 2 3 4)', '! ArityMismatch'],
  ['(current-time 1)', '! ArityMismatch'],
  ['(kv/assoc! :a :b)', '! ArityMismatch'],
])('wrong arguments never get to the host: %s => %s', (source, expected) => {
  expect(outcome(source)).toBe(expected)
})

describe('a change of the store is one step of the host', () => {
  const stored = RtfsMap.from([[keyword('n'), 1]])
  test.each([
    ['(kv/assoc! :k :m 2 :n 3)', stored, 'ccos.state.kv.assoc :k :m 2 :n 3', '{:n 3 :m 2}'],
    ['(kv/assoc! :k :m 2)', null, 'ccos.state.kv.assoc :k :m 2', '{:m 2}'],
    ['(kv/dissoc! :k :n)', stored, 'ccos.state.kv.dissoc :k :n', '{}'],
    ['(kv/conj! :k 1 2)', null, 'ccos.state.kv.conj :k 1 2', '[1 2]'],
    ['(kv/conj! :k [:m 2])', stored, 'ccos.state.kv.conj :k [:m 2]', '{:n 1 :m 2}'],
  ] as const)('%s of %o', (source, value, call, changed) => {
    const seen: string[] = []
    const run: Run = new Run(
      'fast',
      {},
      {
        perform(capability, args) {
          seen.push([capability, ...args.map(arg => formatValue(arg))].join(' '))
          return storeChanges.get(capability)!(value, args.slice(1), contextOf(run))
        },
      },
    )
    expect(formatValue(run.evaluate(source))).toBe(changed)
    expect(seen).toEqual([call])
  })

  test.each([
    ['ccos.state.kv.assoc', 1, [keyword('a'), 1]],
    ['ccos.state.kv.dissoc', 1, [keyword('a')]],
    ['ccos.state.kv.conj', 'x', [1]],
  ] as const)('%s of %o is a TypeError', (capability, value, args) => {
    const change = () => storeChanges.get(capability)!(value, args, contextOf(new Run('fast')))
    expect(change).toThrow(/Type error in kv\//)
  })

  function contextOf({ meter }: Run): LibraryContext {
    return { meter, taskContext: null, expansion: undefined, perform: () => null }
  }
})

test('every effect names the capabilities it performs, nothing pure names one', () => {
  for (const { name, purity, capabilities } of definitions()) {
    expect([name, capabilities.length > 0]).toEqual([name, purity === 'effect'])
  }
})

test('a name with tool: exists with tool/ as well', () => {
  for (const name of builtins().keys()) {
    if (name.startsWith('tool:')) expect(findBuiltin(name.replace(':', '/'))).toBe(findBuiltin(name))
  }
})

test('the task context is what the run was given', () => {
  const context = RtfsMap.from([[keyword('id'), 't1']])
  expect(new Run('fast', {}, { taskContext: context }).evaluate('(rtfs.task/current)')).toBe(context)
})
