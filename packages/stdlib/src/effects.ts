import {
  arityMismatch,
  isInteger,
  Keyword,
  ResourceHandle,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { mapOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { associateAll, conjoin, dissociateAll } from './collections-update.js'
import { define, defineEffect, type Row, variadic } from './define.js'
import { mapKey } from './signatures.js'

/**
 * Functions that act through the host (LANGUAGE §13.7). Each checks its arguments and performs one capability with
 * them; what happens then is the host's business. Without a grant all of them raise SecurityViolation.
 */
export function effects(): readonly BuiltinDefinition[] {
  return [
    effect({
      name: 'log',
      aliases: toolNames('log', 'log-error'),
      signature: '[:=> [& :any] :nil]',
      doc: 'Writes a log line: the display texts with a space between them.',
      example: '(log "saved" 3)',
      capability: 'ccos.io.log',
      params: [],
    }),
    effect({
      name: 'print',
      aliases: toolNames('print'),
      signature: '[:=> [& :any] :nil]',
      doc: 'Writes the display texts with a space between them.',
      example: '(print "a" 1)',
      capability: 'ccos.io.print',
      params: [],
    }),
    effect({
      name: 'println',
      signature: '[:=> [& :any] :nil]',
      doc: 'Writes the display texts with a space between them, and a line end.',
      example: '(println "a" 1)',
      capability: 'ccos.io.println',
      params: [],
    }),
    effect({
      name: 'tool:read-input',
      aliases: ['tool/read-input'],
      signature: '[:=> [& :string] [:union :string :nil]]',
      max: 1,
      doc: 'Reads a line of input, after showing the prompt; nil at the end.',
      example: '(tool:read-input "name? ")',
      capability: 'ccos.io.read-input',
      params: [text],
    }),
    effect({
      name: 'open-file',
      aliases: toolNames('open-file'),
      signature: '[:=> [:string & [:union :string :keyword]] :resource-handle]',
      max: 2,
      doc: 'Opens a file; the mode is "r", "w", "a", "r+" or :read, :write, :append, :read-write (default: read).',
      example: '(open-file "notes.txt" :read)',
      capability: 'ccos.io.open-file',
      params: [text, textOrKeyword],
    }),
    effect({
      name: 'read-line',
      aliases: toolNames('read-line'),
      signature: '[:=> [:resource-handle] [:union :string :nil]]',
      doc: 'Reads a line of an open file, without its line end; nil at the end.',
      example: '(read-line resource://files/7)',
      capability: 'ccos.io.read-line',
      params: [handle],
    }),
    effect({
      name: 'write-line',
      aliases: toolNames('write-line'),
      signature: '[:=> [:resource-handle :string] :nil]',
      doc: 'Writes a text and a line end to an open file.',
      example: '(write-line resource://files/7 "text")',
      capability: 'ccos.io.write-line',
      params: [handle, text],
    }),
    effect({
      name: 'close-file',
      aliases: toolNames('close-file'),
      signature: '[:=> [:resource-handle] :nil]',
      doc: 'Closes an open file. Closing it again is a ResourceError.',
      example: '(close-file resource://files/7)',
      capability: 'ccos.io.close-file',
      params: [handle],
    }),
    effect({
      name: 'file-exists?',
      aliases: toolNames('file-exists?'),
      signature: '[:=> [:string] :bool]',
      doc: 'True when there is a file at the path.',
      example: '(file-exists? "notes.txt")',
      capability: 'ccos.io.file-exists',
      params: [text],
    }),
    effect({
      name: 'read-file',
      signature: '[:=> [:string] :string]',
      doc: 'The whole text of a file.',
      example: '(read-file "notes.txt")',
      capability: 'ccos.io.read-file',
      params: [text],
    }),
    effect({
      name: 'read-lines',
      signature: '[:=> [:string] [:vector :string]]',
      doc: 'The lines of a file, without their line ends.',
      example: '(read-lines "notes.txt")',
      capability: 'ccos.io.read-lines',
      params: [text],
    }),
    effect({
      name: 'write-file',
      signature: '[:=> [:string :string] :nil]',
      doc: 'Makes a file hold a text and nothing else.',
      example: '(write-file "notes.txt" "text")',
      capability: 'ccos.io.write-file',
      params: [text, text],
    }),
    effect({
      name: 'delete-file',
      signature: '[:=> [:string] :nil]',
      doc: 'Deletes a file.',
      example: '(delete-file "notes.txt")',
      capability: 'ccos.io.delete-file',
      params: [text],
    }),
    effect({
      name: 'get-env',
      aliases: toolNames('get-env'),
      signature: '[:=> [:string] [:union :string :nil]]',
      doc: 'The value of an environment variable, or nil.',
      example: '(get-env "HOME")',
      capability: 'ccos.system.get-env',
      params: [text],
    }),
    effect({
      name: 'current-time',
      aliases: toolNames('current-time'),
      signature: '[:=> [] :int]',
      doc: 'Seconds since the beginning of 1970.',
      example: '(current-time)',
      capability: 'ccos.system.current-time',
      params: [],
    }),
    effect({
      name: 'current-timestamp-ms',
      aliases: toolNames('current-timestamp-ms'),
      signature: '[:=> [] :int]',
      doc: 'Milliseconds since the beginning of 1970.',
      example: '(current-timestamp-ms)',
      capability: 'ccos.system.current-timestamp-ms',
      params: [],
    }),
    effect({
      name: 'rand',
      signature: '[:=> [] :float]',
      doc: 'A random Float from 0, inclusive, to 1, exclusive.',
      example: '(rand)',
      capability: 'ccos.random.float',
      params: [],
    }),
    effect({
      name: 'rand-int',
      signature: '[:=> [:int] :int]',
      doc: 'A random Integer from 0, inclusive, to the argument, exclusive.',
      example: '(rand-int 6)',
      capability: 'ccos.random.int',
      params: [integer],
    }),
    effect({
      name: 'random-uuid',
      signature: '[:=> [] :uuid]',
      doc: 'A random UUID.',
      example: '(random-uuid)',
      capability: 'ccos.random.uuid',
      params: [],
    }),
    effect({
      name: 'sleep-ms',
      signature: '[:=> [:int] :nil]',
      doc: 'Waits as many milliseconds.',
      example: '(sleep-ms 10)',
      capability: 'ccos.system.sleep-ms',
      params: [integer],
    }),
    effect({
      name: 'http-fetch',
      aliases: toolNames('http-fetch'),
      signature: '[:=> [:string & :any] [:map [:status :int] [:headers :map] [:body :string]]]',
      max: 4,
      doc: 'Sends a request: url, then method, headers and body, or a map with :method, :headers and :body. Gives a map with :status, :headers and :body.',
      example: '(http-fetch "https://example.com" {:method "GET"})',
      capability: 'ccos.network.http-fetch',
      params: [text],
    }),
    effect({
      name: 'ask-human',
      signature: '[:=> [:string & :any] :any]',
      max: 2,
      doc: 'Asks a person. Gives the answer, or a handle that stands for it while it is pending.',
      example: '(ask-human "Which one?")',
      capability: 'ccos.user.ask',
      params: [text],
    }),
    effect({
      name: 'context/get',
      signature: '[:=> [[:union :keyword :string]] :any]',
      doc: 'The value of a key in the context of the current step, or nil.',
      example: '(context/get :user)',
      capability: 'ccos.context.get',
      params: [textOrKeyword],
    }),
    effect({
      name: 'context/set',
      signature: '[:=> [[:union :keyword :string] :any] :nil]',
      doc: 'Sets a key in the context of the current step.',
      example: '(context/set :user "ann")',
      capability: 'ccos.context.set',
      params: [textOrKeyword],
    }),
    effect({
      name: 'kv/get',
      signature: '[:=> [:any] :any]',
      doc: "The value under a key of the host's store, or nil.",
      example: '(kv/get :cart)',
      capability: 'ccos.state.kv.get',
      params: [],
    }),
    effect({
      name: 'kv/put',
      signature: '[:=> [:any :any] :any]',
      doc: "Puts a value under a key of the host's store.",
      example: '(kv/put :cart [1])',
      capability: 'ccos.state.kv.put',
      params: [],
    }),
    define({
      name: 'rtfs.task/current',
      section: '16',
      signature: '[:=> [] :any]',
      doc: 'The task context of the run, a map, or nil.',
      examples: { '(rtfs.task/current)': 'nil' },
      total: true,
      implementation: variadic((_, context) => context.taskContext),
    }),
    effect({
      name: 'kv/assoc!',
      signature: `[:=> [:any ${mapKey} :any & :any] :any]`,
      doc: "Does `assoc` on the map under a key of the host's store (nil counts as the empty one) and gives the new map.",
      example: '(kv/assoc! :cart :apples 3)',
      capability: 'ccos.state.kv.assoc',
      params: [],
      check(args) {
        if (args.length % 2 === 0) throw arityMismatch('kv/assoc!', 'an odd number', args.length)
      },
    }),
    effect({
      name: 'kv/dissoc!',
      signature: `[:=> [:any & ${mapKey}] :any]`,
      doc: "Does `dissoc` on the map under a key of the host's store and gives the new map.",
      example: '(kv/dissoc! :cart :apples)',
      capability: 'ccos.state.kv.dissoc',
      params: [],
    }),
    effect({
      name: 'kv/conj!',
      signature: '[:=> [:any & :any] :any]',
      doc: "Does `conj` on the collection under a key of the host's store (nil counts as the empty vector) and gives the new one.",
      example: '(kv/conj! :queue 1 2)',
      capability: 'ccos.state.kv.conj',
      params: [],
    }),
  ]
}

/**
 * What the capabilities that change a stored collection make of it: the new value, from the stored one (nil when there
 * is none) and the arguments after the key. For hosts, which read, change and write in one step that nothing comes
 * between.
 */
export const storeChanges: ReadonlyMap<
  string,
  (stored: Value, args: readonly Value[], context: LibraryContext) => Value
> = new Map([
  ['ccos.state.kv.assoc', (stored, args, context) => associateAll(stored, args, 'kv/assoc!', context)],
  [
    'ccos.state.kv.dissoc',
    (stored, args, context) => dissociateAll(mapOf(stored, 'kv/dissoc!'), args, 'kv/dissoc!', context),
  ],
  ['ccos.state.kv.conj', (stored, args, context) => conjoin(stored, args, 'kv/conj!', context)],
])

/** What an argument has to be. */
interface Param {
  readonly expected: string
  readonly accepts: (value: Value) => boolean
}

const text: Param = { expected: 'string', accepts: value => typeof value === 'string' }
const textOrKeyword: Param = {
  expected: 'string or keyword',
  accepts: value => typeof value === 'string' || value instanceof Keyword,
}
const handle: Param = { expected: 'resource-handle', accepts: value => value instanceof ResourceHandle }
const integer: Param = { expected: 'integer', accepts: isInteger }

interface Effect extends Pick<Row, 'name' | 'aliases' | 'signature' | 'max' | 'doc'> {
  /** A call, for the documentation. Run without a grant it is a SecurityViolation. */
  readonly example: string
  readonly capability: string
  /** Checks of the first arguments; further ones may be anything. */
  readonly params: readonly Param[]
  /** Checks all of the arguments, where that takes more. */
  readonly check?: (args: readonly Value[]) => void
}

function effect({ example, capability, params, check, ...row }: Effect): BuiltinDefinition {
  return defineEffect(
    {
      ...row,
      section: '13.7',
      examples: { [example]: '! SecurityViolation' },
      implementation: variadic((args, context) => {
        params.forEach((param, i) => {
          const arg = args[i]
          if (arg !== undefined && !param.accepts(arg))
            throw typeError(row.name, param.expected, typeName(arg))
        })
        check?.(args)
        return context.perform(capability, args)
      }),
    },
    [capability],
  )
}

/** The spellings of July: `tool:x` and, in the module `tool`, `tool/x`. */
function toolNames(...names: readonly string[]): string[] {
  return names.flatMap(name => [`tool:${name}`, `tool/${name}`])
}
