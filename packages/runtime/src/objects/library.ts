import { internalError } from '@rtfs/core'
import { parseType } from '@rtfs/parser'
import { type BuiltinDefinition, BuiltinFunction } from '@rtfs/stdlib'
import { validateObject } from './validate-object.js'

const signature = '[:=> [:map] :map]'

function typeOf(text: string): NonNullable<ReturnType<typeof parseType>['type']> {
  const { type } = parseType(text)
  if (type === undefined) throw internalError(`no type: ${text}`)
  return type
}

const definition: BuiltinDefinition = {
  name: 'validate-object',
  aliases: [],
  arity: { min: 1, max: 1 },
  signature,
  get type() {
    return typeOf(signature)
  },
  purity: 'pure',
  total: false,
  capabilities: [],
  section: '17.1',
  doc: 'The map itself, when it is a valid object of the kind that its :type says.',
  examples: [{ source: '(validate-object {:type :rtfs.core:v2.0:intent})', expect: '! TypeValidationError' }],
  implementation: {
    kind: 'plain',
    call: ([object], { meter }) => validateObject(object!, { meter }),
  },
}

/** Library functions that the runtime adds to the standard library: `validate-object`. */
export const runtimeBuiltins: ReadonlyMap<string, BuiltinFunction> = new Map([
  [definition.name, new BuiltinFunction(definition)],
])
