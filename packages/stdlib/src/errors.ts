import { Keyword, keyword, RtfsErrorValue, type RtfsMap, type Value } from '@rtfs/core'
import { errorOf, mapOf, stringOf } from './arguments.js'
import type { BuiltinDefinition } from './builtin.js'
import { binary, define, unary, variadic } from './define.js'
import { mapOrNil } from './signatures.js'

/** Making and reading error values (LANGUAGE §9.1, §9.3). */
export function errors(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'ex-info',
      section: '9.3',
      signature: `[:=> [:string ${mapOrNil}] :error]`,
      doc: 'An error value with a message and details; its type is the `:type` of the details, or `:error/application`.',
      examples: {
        '(:type (ex-info "m" {:type :order/bad}))': ':order/bad',
        '(ex-info "m" {})': '#<error: m>',
        '(ex-info 1 {})': '! TypeError',
      },
      total: true,
      implementation: binary((message, data) => exInfo(stringOf(message, 'ex-info'), mapOf(data, 'ex-info'))),
    }),
    ...['Exception.', 'RuntimeError.', 'Error.'].map(exception),
    define({
      name: 'ex-message',
      aliases: ['getMessage'],
      section: '9.1',
      signature: '[:=> [:error] :string]',
      doc: 'The message of an error value.',
      examples: {
        '(ex-message (ex-info "m" {}))': '"m"',
        '(getMessage (Exception. "m"))': '"m"',
        '(ex-message "m")': '! TypeError',
      },
      total: true,
      implementation: unary(e => errorOf(e, 'ex-message').message),
    }),
    define({
      name: 'ex-data',
      section: '9.1',
      signature: '[:=> [:error] :map]',
      doc: 'The details of an error value.',
      examples: { '(ex-data (ex-info "m" {:a 1}))': '{:a 1}' },
      total: true,
      implementation: unary(e => errorOf(e, 'ex-data').details),
    }),
  ]
}

function exception(name: string): BuiltinDefinition {
  return define({
    name,
    section: '9.3',
    signature: `[:=> [:string & ${mapOrNil}] :error]`,
    max: 2,
    doc: 'The same as `ex-info`; the details may be left out.',
    examples: { [`(ex-message (${name} "m"))`]: '"m"', [`(ex-data (${name} "m" {:a 1}))`]: '{:a 1}' },
    total: true,
    implementation: variadic(args => exInfo(stringOf(args[0]!, name), mapOf(args[1] ?? null, name))),
  })
}

function exInfo(message: string, details: RtfsMap): Value {
  const type = details.get(keyword('type'))
  return new RtfsErrorValue(
    'ApplicationError',
    type instanceof Keyword ? type : keyword('error/application'),
    message,
    details,
  )
}
